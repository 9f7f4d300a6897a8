// Loaded into each program that a test starts: it ends with the test, however that ends, and cleans up.
process.on('disconnect', () => {
  // Nobody reads any more what it prints.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.kill(process.pid, 'SIGTERM');
});
