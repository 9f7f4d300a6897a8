// Loaded into each program that a test starts: it ends with the test, however that ends.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
