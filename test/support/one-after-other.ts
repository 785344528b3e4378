/** Gives a function that begins each call when the one before is over, however that ended. */
export function oneAfterOther<Args extends unknown[]>(run: (...args: Args) => Promise<void>): typeof run {
  let last: Promise<void> = Promise.resolve();
  return (...args) => {
    const next = () => run(...args);
    last = last.then(next, next);
    return last;
  };
}
