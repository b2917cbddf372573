/** Why a job has not begun, for a person: what Slurm calls `Resources`, or `QOSMaxJobsPerUserLimit`. */
export function whyWaits(state: string, reason: string): string {
  if (state === 'CONFIGURING') return 'Slurm makes a node ready for it.';
  if (/^(?:REQUEUED|REQUEUE_HOLD|REQUEUE_FED|SPECIAL_EXIT)$/.test(state))
    return 'Slurm holds it, after putting it back.';
  const known = reasons[reason] ?? limitWords(reason);
  return known === undefined ? `Slurm has not begun it: ${reason}.` : `${known} (Slurm: ${reason}.)`;
}

const reasons: Readonly<Record<string, string>> = {
  None: 'Slurm has not looked at it yet.',
  Resources: 'The nodes that it could have are busy.',
  Priority: 'More urgent jobs are before it.',
  BeginTime: 'Slurm lets it wait for a while, after putting it back.',
  Dependency: 'It waits for another job.',
  JobHeldAdmin: 'An administrator of the cluster holds it.',
  JobHeldUser: 'Somebody holds it.',
  Licenses: 'All licences that it needs are in use.',
  Reservation: 'It waits for a reservation.',
  ReqNodeNotAvail: 'The nodes that it could have are down, drained or reserved.',
  'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions':
    'The nodes that it could have are down, drained or taken by more urgent partitions.',
  BadConstraints: 'No node of the cluster has what it asks for.',
  PartitionDown: 'Its partition takes no jobs now.',
  PartitionInactive: 'Its partition takes no jobs now.',
  PartitionNodeLimit: 'It asks for more nodes than its partition permits.',
  PartitionTimeLimit: 'It asks for more time than its partition permits.',
  InvalidAccount: 'Slurm does not know its account.',
  InvalidQOS: 'Slurm does not know its quality of service.',
};

/** There are dozens: `QOSMaxJobsPerUserLimit`, `AssocGrpCpuLimit`, … */
function limitWords(reason: string): string | undefined {
  if (/^QOS.*Limit$|^QOS.*Limit/.test(reason)) return 'A limit of its quality of service is reached.';
  if (/^(?:Assoc|Account).*Limit/.test(reason)) return 'A limit of its account is reached.';
  return undefined;
}
