/** The kinds of runs that a schedule has, as its units are called. */
export const RUN_KINDS = ["backup", "prune", "drill"] as const;

/** A kind of run that a schedule has. */
export type RunKind = (typeof RUN_KINDS)[number];

/** A timer as it is on a host. */
export interface ObservedTimer {
  /** SHA-256 of its file; "" when there is none. */
  readonly digest: string;
  readonly isEnabled: boolean;
  readonly isActive: boolean;
}

/** What a host has of a schedule of backups. */
export interface ObservedSchedule {
  /** Whose it is; "" when nothing says so. */
  readonly owner: string;
  /** SHA-256 of the document that its runs get; "" when there is none. */
  readonly document: string;
  readonly timers: { readonly [kind in RunKind]?: ObservedTimer };
}

const TIMER = /^pulumi-lvm-(backup|prune|drill)@(.+)\.timer$/;

/**
 * Reads what `observe_schedules` in observe.sh prints.
 * @returns The schedules of the host by id.
 */
export function readSchedules(text: string): ReadonlyMap<string, ObservedSchedule> {
  const schedules = new Map<string, ObservedSchedule>();
  const change = (id: string, more: (was: ObservedSchedule) => Partial<ObservedSchedule>) => {
    const was = schedules.get(id) ?? { owner: "", document: "", timers: {} };
    schedules.set(id, { ...was, ...more(was) });
  };
  const changeTimer = (unit: string, more: Partial<ObservedTimer>) => {
    const [, kind, id] = TIMER.exec(unit) ?? [];
    if (id === undefined) return;
    change(id, ({ timers }) => {
      const timer = timers[kind as RunKind] ?? { digest: "", isEnabled: false, isActive: false };
      return { timers: { ...timers, [kind as RunKind]: { ...timer, ...more } } };
    });
  };
  for (const line of text.split("\n")) {
    const [, fact, name = "", rest = ""] = /^(owner|file|enabled) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (fact === "owner") change(name, () => ({ owner: rest }));
    if (fact === "enabled") changeTimer(name, { isEnabled: true });
    if (fact !== "file") continue;
    if (name.endsWith(".json")) change(name.slice(0, -".json".length), () => ({ document: rest }));
    changeTimer(name, { digest: rest });
  }
  for (const unit of activeUnits(text)) changeTimer(unit, { isActive: true });
  return schedules;
}

/** `systemctl show` prints a paragraph a unit, with its properties in an order of its own. */
function activeUnits(text: string): string[] {
  return text
    .split("\n\n")
    .filter((paragraph) => /^ActiveState=active$/m.test(paragraph))
    .flatMap((paragraph) => /^Id=(\S+)$/m.exec(paragraph)?.[1] ?? []);
}
