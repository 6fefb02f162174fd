/** Photos in a folder for each class, and a tiny network, for the tests of `fitPhotos`. */
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { saveLayers, tinyLayers } from '../model/networks/imported.js';
import { drawPhotos } from '../support/photos.js';

/** Draws `count` photos of 48 pixels for each of three classes into `folder/CLASS`. */
export async function drawPhotoFolders(folder: string, count: number): Promise<void> {
  const drawn = `${folder}-drawn`;
  const { samples, tasks } = await drawPhotos(drawn, { training: count, validation: 0 });
  for (const { path: file, label } of samples) {
    const own = path.join(folder, tasks[0].classes[label] as string);
    await mkdir(own, { recursive: true });
    await rename(path.join(drawn, file), path.join(own, file));
  }
}

/** Saves a network of 32 pixels into `folder`, as `import` does. */
export async function saveTinyNetwork(folder: string): Promise<void> {
  const model = tinyLayers();
  await saveLayers(folder, model);
  model.dispose();
}
