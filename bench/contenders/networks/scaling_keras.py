"""Keras's step in a custom loop under MultiWorkerMirroredStrategy; the second argument is the most MB of gradients that travel at once, 0 for its own choice."""
import json
import os
import pathlib
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from train_job import CHECKED_STEPS, LEARNING_RATE, MOMENTUM, WARM_UP_STEPS, Job
from train_keras import network


def main():
    given = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf8"))
    workers, index = given["workers"], given["index"]
    cluster = {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}}
    os.environ["TF_CONFIG"] = json.dumps(cluster)
    tf.config.threading.set_intra_op_parallelism_threads(given["threads"])
    tf.config.threading.set_inter_op_parallelism_threads(given["threads"] + 1)
    communication = tf.distribute.experimental.CommunicationOptions(
        bytes_per_pack=round(1e6 * float(sys.argv[2])),
        implementation=tf.distribute.experimental.CommunicationImplementation.RING,
    )
    strategy = tf.distribute.MultiWorkerMirroredStrategy(communication_options=communication)
    job = Job()
    with strategy.scope():
        model = network(job)
        optimizer = keras.optimizers.SGD(LEARNING_RATE, MOMENTUM)
        optimizer.build(model.trainable_variables)
    images = tf.constant(job.images()[index :: len(workers)])
    labels = tf.constant(job.labels()[index :: len(workers)])

    def replica_step():
        with tf.GradientTape() as tape:
            logits = model(images, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            # The optimizer adds up the workers' gradients.
            loss = tf.reduce_sum(losses) / given["batch"]
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    @tf.function
    def step():
        return strategy.run(replica_step)

    losses = [float(step()) for _ in range(CHECKED_STEPS)]
    for _ in range(WARM_UP_STEPS):
        step()
    steps, cpu = [], time.process_time()
    for _ in range(job.steps):
        start = time.perf_counter()
        float(step())
        steps.append(1000 * (time.perf_counter() - start))
    outcome = {
        "losses": losses,
        "stepMs": steps,
        "cpuMs": 1000 * (time.process_time() - cpu) / job.steps,
        "version": f"keras {keras.__version__}, tensorflow {tf.__version__}",
    }
    print(json.dumps(outcome))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
