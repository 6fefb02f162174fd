export interface PackageList {
  name: string;
  environment: string;
  above?: string;
  packages: string[];
  gpu?: boolean;
}
export const pythonVersion: string;
export function findPython(): string | undefined;
export const lists: PackageList[];
export function wantedFile(name: string): string;
export function lockFile(name: string): string;
