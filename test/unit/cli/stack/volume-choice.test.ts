import { isVolume } from "../../../../cli/stack/volume-choice.js";

describe("isVolume", () => {
  const names = { resource: "orders", volumeId: "407d3f82", logicalVolume: "fast/data" };

  test.each(["orders", "407d3f82", "fast/data", "data"])("finds a volume by %s", (choice) => {
    expect(isVolume(choice, names)).toBe(true);
  });

  test.each(["fast", "slow/data", "order", "orders/data", "", "undefined"])("does not find it by %j", (choice) => {
    expect(isVolume(choice, names)).toBe(false);
  });

  test("finds one that is known by its id alone by that, and by nothing else", () => {
    expect(isVolume("407d3f82", { volumeId: "407d3f82" })).toBe(true);
    expect(isVolume("", { volumeId: "407d3f82" })).toBe(false);
  });
});
