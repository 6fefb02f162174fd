/** The eight attribute tasks of the FashionAI challenge, classes in the order of the label's letters. */
import type { Task } from '../types.js';

/** Class lists as the organisers published them with the attribute data. Lengths go up, but for *Invisible*. */
export const fashionAiTasks: readonly Task[] = [
  {
    name: 'coat_length_labels',
    ordered: { from: 1 },
    classes: [
      'Invisible',
      'High Waist Length',
      'Regular Length',
      'Long Length',
      'Micro Length',
      'Knee Length',
      'Midi Length',
      'Ankle&Floor Length',
    ],
  },
  {
    name: 'collar_design_labels',
    classes: ['Invisible', 'Shirt Collar', 'Peter Pan', 'Puritan Collar', 'Rib Collar'],
  },
  {
    name: 'lapel_design_labels',
    classes: ['Invisible', 'Notched', 'Collarless', 'Shawl Collar', 'Plus Size Shawl'],
  },
  {
    name: 'neck_design_labels',
    classes: [
      'Invisible',
      'Turtle Neck',
      'Ruffle Semi-High Collar',
      'Low Turtle Neck',
      'Draped Collar',
    ],
  },
  {
    name: 'neckline_design_labels',
    classes: [
      'Invisible',
      'Strapless Neck',
      'Deep V Neckline',
      'Straight Neck',
      'V Neckline',
      'Square Neckline',
      'Off Shoulder',
      'Round Neckline',
      'Sweat Heart Neck',
      'One Shoulder Neckline',
    ],
  },
  {
    name: 'pant_length_labels',
    ordered: { from: 1 },
    classes: ['Invisible', 'Short Pant', 'Mid Length', '3/4 Length', 'Cropped Pant', 'Full Length'],
  },
  {
    name: 'skirt_length_labels',
    ordered: { from: 1 },
    classes: [
      'Invisible',
      'Short Length',
      'Knee Length',
      'Midi Length',
      'Ankle Length',
      'Floor Length',
    ],
  },
  {
    name: 'sleeve_length_labels',
    ordered: { from: 1 },
    classes: [
      'Invisible',
      'Sleeveless',
      'Cup Sleeves',
      'Short Sleeves',
      'Elbow Sleeves',
      '3/4 Sleeves',
      'Wrist Length',
      'Long Sleeves',
      'Extra Long Sleeves',
    ],
  },
];
