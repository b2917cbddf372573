/** `node bench/ledger.ts [RUNS] [DELIVERIES]`: what the ledger takes in a second, how large it gets, and how fast it answers which question. */
import { ledgerStore } from './ledger-store.ts';

const [runs = 20_000, deliveries = 10] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await ledgerStore({ runs, deliveries }, (line) => console.log(line))));
