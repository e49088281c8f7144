/** Words that claim nothing: a sentence made of these and of the writer's own says no more than the writer did. */
import { stemOf } from "./words.ts";

const PLAIN = `
  a an the this that these those and or but nor so yet for of to in on at by with from as into over under about after
  since while when where who whom whose which what how why than then there here it its it's he him his she her hers they
  them their theirs i me my mine we us our you your yours is are was were be been being am has have had having do does did
  will shall can both each every all any some such same other another more most much many also too only just even still
  now again very well up down out off through between beyond within without beside alongside across toward towards upon
  not no
  author book novel story stories tale work works writing write writes written wrote reader readers read reads page pages prose
  fiction nonfiction title titles first new next live lives living home make makes made come comes bring brings
  share shares shared stand stands place set sets keep keeps like kind sense shelf want wants will find finds
  appeal appeals those who love enjoy enjoyed
`;

const plain = new Set(PLAIN.split(/\s+/).filter(Boolean).map(stemOf));

export const isPlain = (stem: string): boolean => plain.has(stem) || stem.length < 2;
