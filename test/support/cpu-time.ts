/** CPU time of this process so far, ms: what else the machine does counts for nothing. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
