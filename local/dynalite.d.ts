// dynalite ships no types.
declare module 'dynalite' {
  function dynalite(options?: { createTableMs?: number }): import('node:http').Server;
  export = dynalite;
}
