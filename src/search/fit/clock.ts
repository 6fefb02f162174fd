/** The time of a fit. What earlier calls on the same folder have used counts. */
export class Clock {
  private readonly began: number;

  /**
   * @param budget seconds for all calls together
   * @param usedBefore seconds of earlier calls
   * @param now seconds from any moment on
   */
  constructor(
    readonly budget: number,
    private readonly usedBefore: number,
    private readonly now = () => performance.now() / 1000,
  ) {
    this.began = now();
  }

  get used(): number {
    return this.usedBefore + this.now() - this.began;
  }

  get left(): number {
    return this.budget - this.used;
  }
}
