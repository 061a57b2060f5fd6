import { tellProgress } from "../../../../../provider/hosts/backups/progress.js";

describe("tellProgress", () => {
  const said = jest.spyOn(console, "error").mockImplementation(() => {});
  beforeAll(() => jest.useFakeTimers());
  afterAll(() => {
    jest.useRealTimers();
    said.mockRestore();
  });
  const line = (phase: string, bytesDone = 0, bytesTotal = 0) =>
    `{"progress": ${JSON.stringify({ phase, bytesDone, bytesTotal })}}`;

  test("says at most every 15 s how far it is, and nothing of what is no progress", () => {
    const tell = tellProgress('Restore of volume "fast/copy"');
    tell(line("prepare"));
    jest.advanceTimersByTime(16_000);
    tell('{"report": {"id": "1"}}');
    tell(line("restore", 2 ** 30, 2 ** 32));
    tell(line("restore", 2 ** 31, 2 ** 32));
    jest.advanceTimersByTime(16_000);
    tell(line("prune"));
    expect(said.mock.calls.map(([text]) => text as string)).toEqual([
      'Restore of volume "fast/copy": restore, 1 GiB of 4 GiB',
      'Restore of volume "fast/copy": prune',
    ]);
  });
});
