import type { Reporter, TestModule } from 'vitest/node';

/** A reporter that fails a run of which a test was skipped: where all of them must run, one that didn't proves nothing. */
export default class NoSkips implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    for (const test of skipped) console.error(`Skipped: ${test.fullName}`);
    if (skipped.length > 0) process.exitCode = 1;
  }
}
