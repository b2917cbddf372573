/**
 * Options of Node for a process that holds very many messages, and works on few: 10 000 programs that wait in Redis made
 * one of 510 MB, of which 50 were in use. V8 lets garbage grow to several times what is in use, and young objects have
 * 100 MB, unless it is told so (then: 200 MB, as fast).
 */
export const leanMemory = ['--max-semi-space-size=8', '--heap-growing-percent=50'] as const;
