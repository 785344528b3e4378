import { chatCase } from './files-chat.ts';
import { lineCases } from './files-line.ts';
import { memoryCase, rateCase } from './files-rate.ts';
import { resumeCase } from './files-resume.ts';
import { smallCase } from './files-small.ts';
import { MIB } from './files-stage.ts';
import { surviveCase } from './files-survive.ts';
import type { Bench } from './run.ts';

const GIB = 1024 * MIB;

export const filesBench: Bench = {
  cases: {
    'random-256MiB': () => rateCase({ name: 'random-256MiB', content: 'random', sizeBytes: 256 * MIB, rounds: 5 }),
    'random-1GiB': () => rateCase({ name: 'random-1GiB', content: 'random', sizeBytes: GIB, rounds: 3 }),
    'text-256MiB': () => rateCase({ name: 'text-256MiB', content: 'log', sizeBytes: 256 * MIB, rounds: 5 }),
    'small-10000': () => smallCase('small-10000', 10_000),
    'memory-4GiB': () => memoryCase('memory-4GiB', 4 * GIB),
    'survive-4GiB': () => surviveCase('survive-4GiB', 4 * GIB),
    resume: () => resumeCase('resume'),
    'chat-during': () => chatCase('chat-during', GIB),
    ...lineCases,
  },
};
