import fc from 'fast-check';

/* The same inputs each time, so that a change is judged by itself; `FC_SEED=$RANDOM npm test` looks for others. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_128) });
