/** Loss scaling: gradients are computed from a multiple of the loss, since float16 would round small ones to 0. */
import { tf } from '../../tensorflow/index.js';
import { Slots } from './slots.js';

const first = 2 ** 16;
const growth = 2;
/** Usable steps in a row before the factor grows. */
const patience = 2000;

/**
 * A factor that is halved after each step whose gradients overflowed, and doubled after 2,000 steps in a
 * row without overflow (Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740; the numbers are torch.amp.GradScaler's).
 */
export class LossScale extends Slots {
  private readonly factor = tf.tidy(() => this.create('factor', 'loss scale', tf.scalar(first)));
  private readonly streak = tf.tidy(() => this.create('streak', 'loss scale', tf.scalar(0)));

  get value(): tf.Scalar {
    return this.factor as unknown as tf.Scalar;
  }

  /** Follows a step of the optimizer; where `usable`, a boolean scalar, is false, its gradients overflowed. */
  update(usable: tf.Scalar): void {
    tf.tidy(() => {
      const streak = tf.where(usable, tf.add(this.streak, 1), 0);
      const grows = tf.equal(streak, patience);
      const factor = tf.where(grows, tf.mul(this.factor, growth), this.factor);
      this.factor.assign(tf.where(usable, factor, tf.div(factor, growth)));
      this.streak.assign(tf.where(grows, 0, streak));
    });
  }
}
