/**
 * The practice model's stock of sentences: data only.
 *
 * `[is|was]` holds the present and the past form. Slots: `{thing}` is a noun phrase of the notes
 * ("the gallery"), only ever in a place where its number does not matter; `{name}` is a person of the
 * notes, `{span}` a stretch of time of the notes ("nine days"). Sentences dwell on what the notes
 * say: they name no person, place or deed that the notes do not.
 */

export type Theme = { when: RegExp; say: readonly string[] };

/** What a note of one bare word becomes. */
export const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  dusk: [
    "Dusk [comes|came] down slowly, the way it [does|did] when nobody [is|was] watching for it.",
    "Dusk, and the day [is|was] folding itself away without fuss.",
  ],
  dawn: [
    "Dawn [comes|came] in grey, without announcing itself.",
    "Dawn [is|was] a line first, then a suspicion of colour above it.",
  ],
  morning: ["Morning [arrives|arrived] the plain way, one edge at a time."],
  noon: ["It [is|was] noon, and everything [stands|stood] on its own shadow."],
  afternoon: ["The afternoon [has|had] gone slack, as afternoons will."],
  evening: ["Evening [settles|settled] in as if it [has|had] been expected."],
  night: [
    "Night [has|had] come down over everything, evenly, like a cloth over a cage.",
    "It [is|was] night, the deep middle part of it that belongs to nobody.",
  ],
  midnight: ["Midnight [comes|came] and [goes|went] with no more ceremony than any other minute."],
  winter: ["It [is|was] winter, and had been for as long as anyone [cares|cared] to remember."],
  summer: ["It [is|was] summer, the slow heart of it, when the days [forget|forgot] to end."],
  autumn: ["It [is|was] autumn, and things [are|were] letting go."],
  spring: ["It [is|was] spring, or near enough to be mistaken for it."],
  rain: [
    "Rain [falls|fell], not hard, but with no sign of wanting to stop.",
    "It [is|was] raining, in the patient way that [means|meant] it would go on.",
  ],
  snow: ["Snow [comes|came] down in no hurry, and [covers|covered] its own tracks."],
  fog: ["The fog [has|had] come in, and the world [ends|ended] a few steps away."],
  mist: ["Mist [lies|lay] over the low places and [makes|made] islands of the rest."],
  storm: ["The storm [has|had] been coming for hours, and now it [is|was] here."],
  thunder: ["Thunder [rolls|rolled] somewhere far off, and then not so far."],
  wind: ["The wind [has|had] got up, and it [tries|tried] every gap it [can|could] find."],
  heat: ["The heat [leans|leaned] on everything."],
  cold: ["The cold [is|was] the first thing, and for a while the only thing."],
  silence: ["Silence, then: not the absence of sound so much as the presence of something else."],
  sea: ["The sea [is|was] there before anything else [is|was], going over its one long sentence."],
  sun: ["The sun [is|was] out, and nothing [has|had] anywhere to hide."],
  moon: ["The moon [is|was] up, and [lends|lent] everything a second, quieter self."],
};

export const THEMES: readonly Theme[] = [
  {
    when: /\b(dusk|evening|sunset|twilight|nightfall)\b/,
    say: [
      "The light [goes|went] a little at a time, and what [is|was] left of it [lies|lay] flat along the edges of things.",
      "It [is|was] the hour when distances [stop|stopped] being reliable.",
      "Colour [leaves|left] first, then outline, and last of all the sense of how far away anything [is|was].",
      "There [is|was] still enough day to see by, though not enough to be sure.",
      "The shadows [do|did] not so much fall as rise, out of the ground and into everything.",
    ],
  },
  {
    when: /\b(dawn|sunrise|morning|daybreak|breakfast)\b/,
    say: [
      "The light [is|was] thin yet, and [has|had] not made up its mind about the day.",
      "Nothing [has|had] been used up; every hour [is|was] still in its wrapping.",
      "It [is|was] early enough for every sound to have a place of its own.",
      "What the dark [has|had] kept to itself [comes|came] back by degrees, plainer than it [was|had been].",
    ],
  },
  {
    when: /\b(night|midnight|dark|darkness)\b/,
    say: [
      "The dark [makes|made] everything nearer than it [has|had] any right to be.",
      "At such an hour even small noises [carry|carried] a long way and [arrive|arrived] changed.",
      "There [is|was] nothing to see, and so there [is|was] a great deal to imagine.",
      "Out there the night [goes|went] on being the night, enormous and without opinion.",
    ],
  },
  {
    when: /\b(stars?|moon|moonlight|sky|clouds?)\b/,
    say: [
      "Overhead there [is|was] a great deal of room, and no use being made of it.",
      "The sky [has|had] the look of something left open by mistake.",
      "It [is|was] hard to look up for long without feeling counted.",
    ],
  },
  {
    when: /\b(rain\w*|drizzl\w*|downpour|wet|puddles?|umbrellas?)\b/,
    say: [
      "The wet [finds|found] its way into everything, without malice, the way it always [does|did].",
      "It [makes|made] one long sound out of many small ones.",
      "Edges [run|ran], reflections [thicken|thickened], and the ground [gives|gave] the light back in pieces.",
      "After a time one [stops|stopped] hearing it, and then [hears|heard] nothing else.",
      "Water [takes|took] the shortest way down, as ever, and [leaves|left] the arguments to others.",
    ],
  },
  {
    when: /\b(snow\w*|ice|icy|frost\w*|blizzard|frozen|freez\w*)\b/,
    say: [
      "The white [simplifies|simplified] everything, and [forgives|forgave] nothing.",
      "Sound [stops|stopped] short in it, as if it [has|had] been folded and put away.",
      "Every step [leaves|left] its proof behind.",
      "The cold [has|had] a clean edge to it, like something just unwrapped.",
    ],
  },
  {
    when: /\b(fog\w*|mists?|misty|haze|hazy|smok\w*)\b/,
    say: [
      "Things [come|came] out of it late, and [go|went] back into it early.",
      "It [takes|took] the distance out of the world and [leaves|left] only the near part.",
      "A shape [is|was] only a shape until it [is|was] almost too close.",
      "Even voices [seem|seemed] to have been wrapped in something.",
    ],
  },
  {
    when: /\b(wind\w*|gusts?|gale|breeze|draught|draft)\b/,
    say: [
      "It [worries|worried] at whatever [is|was] loose, and then at what [is|was] not.",
      "Now and then it [drops|dropped] altogether, and that [is|was] worse.",
      "Nothing that [can|could] move [is|was] allowed to keep still.",
      "It [has|had] come a long way to be here, and it [sounds|sounded] like it.",
    ],
  },
  {
    when: /\b(storm\w*|thunder\w*|lightning|tempest|flood\w*)\b/,
    say: [
      "The air [has|had] gone tight, as air will before it [gives|gave] way.",
      "There [is|was] a space between the flash and the sound, and everything [fits|fitted] into it.",
      "It [is|was] not weather to be out in, nor, quite, to be in from.",
    ],
  },
  {
    when: /\b(sea|ocean|waves?|tides?|shore|beach|coast\w*|harbour|harbor|swell|surf)\b/,
    say: [
      "The water [keeps|kept] its own time, and [asks|asked] nobody's leave.",
      "Salt [gets|got] into everything, even into the way the air [sounds|sounded].",
      "Each wave [comes|came] in as if it [has|had] something to report, and then [thinks|thought] better of it.",
      "Out past the last of the foam there [is|was] only more of the same, as far as looking [goes|went].",
    ],
  },
  {
    when: /\b(rocks?|stones?|cliffs?|island|boulders?|mountains?|hills?|peak|ridge)\b/,
    say: [
      "Stone [has|had] a long memory and no wish to share it.",
      "It [is|was] the sort of place that [makes|made] any visitor feel recent.",
      "Underfoot everything [is|was] hard, certain and indifferent.",
      "Whatever [happens|happened] here, the ground [has|had] seen worse and said nothing.",
    ],
  },
  {
    when: /\b(lights?|lit|lamps?|lanterns?|candles?|lighthouse|glow\w*|torch\w*|bulb)\b/,
    say: [
      "The light [is|was] steady, and in its steadiness [there is|there was] something close to a statement.",
      "It [throws|threw] its small circle and [leaves|left] the rest to look after itself.",
      "A flame [is|was] not a thing that [begins|began] on its own.",
      "Beyond the reach of it the dark [stands|stood] about, waiting its turn.",
      "What it [touches|touched] it [makes|made] plain, and what it [misses|missed] it [makes|made] darker.",
    ],
  },
  {
    when: /\b(climb\w*|stairs?|staircase|steps|ladder|upstairs|ascen\w+|tower|attic|gallery)\b/,
    say: [
      "It [is|was] a way that [takes|took] its toll in breath, a step at a time.",
      "The way up [is|was] longer than it [looks|looked] from below, and it [gives|gave] the mind time to run ahead.",
      "Each turn [puts|put] a little more of the world underneath.",
      "Height [changes|changed] the sound of things before it [changes|changed] the look of them.",
    ],
  },
  {
    when: /\b(doors?|gate|doorway|threshold|lock\w*|unlock\w*|keys?|knock\w*)\b/,
    say: [
      "There [is|was] always that half second at a threshold when it [is|was] still possible to do otherwise.",
      "What [is|was] on the other side [has|had] the advantage of being on the other side.",
      "A thing that [is|was] shut [says|said] one thing; a thing that [has|had] been shut by somebody [says|said] another.",
      "The sound of it [goes|went] through the place like a question.",
    ],
  },
  {
    when: /\b(house|home|rooms?|kitchen|hall|hallway|floor|cellar|basement|apartment|cottage|roof)\b/,
    say: [
      "The place [has|had] the stillness of somewhere that [knows|knew] it [is|was] being looked at.",
      "Rooms [remember|remembered]; it [is|was] in the way the air [stands|stood] in them.",
      "Everything [is|was] where it [has|had] always been, which [proves|proved] nothing.",
      "Boards [settle|settled] somewhere, one after another, like someone thinking.",
    ],
  },
  {
    when: /\b(windows?|glass|pane|curtains?|mirror|reflection)\b/,
    say: [
      "The glass [gives|gave] back a little of the inside and a little of the outside, and [belongs|belonged] to neither.",
      "From there the world [looks|looked] arranged, as it does when it cannot be touched.",
      "A breath [comes|came] and [goes|went] on the pane, and [leaves|left] nothing written.",
    ],
  },
  {
    when: /\b(roads?|path|walk\w*|journey|miles?|driv\w+|drove|cars?|bus|track|bridge)\b/,
    say: [
      "The way [goes|went] on ahead without comment.",
      "There [is|was] a rhythm to it, and after a while the rhythm [does|did] the thinking.",
      "What [lies|lay] behind [grows|grew] smaller at its own pace, neither faster nor slower than it [should|should have].",
      "Every road [is|was] two roads, one going and one coming back.",
    ],
  },
  {
    when: /\b(trains?|station|platform|airport|plane|railway|carriage|ticket|suitcase|luggage)\b/,
    say: [
      "It [is|was] a place made for leaving, and it [has|had] the manners of one.",
      "Time here [is|was] kept by other people, and strictly.",
      "Everybody in such a place [is|was] between two versions of a life.",
    ],
  },
  {
    when: /\b(boats?|ship|sail\w*|ferry|deck|anchor|oars?)\b/,
    say: [
      "Timber and rope [talk|talked] to each other in low voices, as they do.",
      "On the water there [is|was] no standing still, only different kinds of moving.",
      "Land, from there, [is|was] an idea that [keeps|kept] its distance.",
    ],
  },
  {
    when: /\b(city|cities|streets?|town|village|square|market|pavement|alley|shop\w*|crowd\w*|traffic)\b/,
    say: [
      "The street [goes|went] about its business, and [has|had] a great deal of it.",
      "So many lives at once, and each of them [takes|took] itself for the middle.",
      "Somewhere a shutter [comes|came] down with a noise like a decision.",
      "Nobody [looks|looked] twice, which [is|was] a kind of privacy.",
    ],
  },
  {
    when: /\b(forests?|woods?|trees?|branch\w*|pines?|oaks?|birch\w*)\b/,
    say: [
      "The trees [stand|stood] close, and [keep|kept] what they [hear|heard].",
      "Light [comes|came] down in small change, here a coin and there a coin.",
      "Nothing in there [is|was] quite still, and nothing quite [moves|moved].",
      "Old growth and new [lean|leaned] on one another without any sign of noticing.",
    ],
  },
  {
    when: /\b(gardens?|flowers?|roses?|grass|field\w*|meadow|farm\w*|seeds?|orchard|lawn)\b/,
    say: [
      "Growing things [have|had] their own clock, and it [is|was] never wrong.",
      "There [is|was] a smell of turned earth, and of what [comes|came] after it.",
      "Left alone a while, it all [goes|went] back to what it would rather be.",
    ],
  },
  {
    when: /\b(river|lake|pond|stream|canal|water|waterfall)\b/,
    say: [
      "Water [goes|went] by, as it [has|had] gone by before, carrying the sky in pieces.",
      "The surface [gives|gave] little away about the depth.",
      "One [can|could] look at moving water for a long time and not be able to say what one [sees|saw].",
    ],
  },
  {
    when: /\b(letters?|message|note|telegram|email|envelope|phone|call(?:s|ed)?|text(?:s|ed)|postcard|parcel)\b/,
    say: [
      "Words that [have|had] come a distance [weigh|weighed] more than words said across a table.",
      "There [is|was] what it [says|said], and there [is|was] the fact that it [has|had] been sent at all.",
      "A message [is|was] a small thing, and it [can|could] turn a day around.",
      "Whoever [hears|heard] it first [has|had] it alone, if only for a minute.",
    ],
  },
  {
    when: /\b(books?|writ\w+|wrote|read(?:s|ing)?|pages?|diary|journal|library|poem|notebook|ink|log)\b/,
    say: [
      "On paper it [looks|looked] settled, as things on paper do.",
      "Between one line and the next there [is|was] room for all that [has|had] been left out.",
      "What [is|was] written down [stays|stayed] put, and [waits|waited] to be believed.",
    ],
  },
  {
    when: /\b(silen\w+|quiet\w*|hush\w*|stillness|noiseless)\b/,
    say: [
      "The quiet [is|was] of the kind that [has|had] a grain to it, like wood.",
      "One could [hear|have heard] a thought cross the floor.",
      "It [is|was] not peace; it only [has|had] the same shape.",
    ],
  },
  {
    when: /["“”„]|\b(says?|said|tells?|told|asks?|asked|answers?|answered|whisper\w*|shout\w*|argu\w+|talk\w*|speaks?|spoke)\b/,
    say: [
      "The words [stand|stood] in the air a moment after they [are|were] out.",
      "It [is|was] said lightly, and it [does|did] not land lightly.",
      "There [are|were] other ways to put it, and each of them would have meant something else.",
      "Then [comes|came] the part of any talk that [is|was] done without words, and [takes|took] longer.",
    ],
  },
  {
    when: /\b(wait\w*|expect\w*|patien\w+|delay\w*|linger\w*)\b/,
    say: [
      "Waiting [has|had] a weather of its own, and it [changes|changed] by the minute.",
      "Each sound [is|was] nearly the one that [is|was] wanted, and then [is|was] not.",
      "Time [goes|went] slowly where it [is|was] looked at.",
      "There [is|was] nothing to be done, and it [takes|took] all one's strength to do it.",
    ],
  },
  {
    when: /\b(nobody|no one|no-one|nothing|none|empty|gone|missing|vanish\w*|disappear\w*|absent|alone|lonely|abandon\w*)\b/,
    say: [
      "That [is|was] the part that [does|did] not fit, and it [goes|went] on not fitting.",
      "An absence [has|had] edges, when one [comes|came] near enough to feel for them.",
      "Where something ought to be, there [is|was] the outline of it, and that [is|was] all.",
      "It [is|was] strange how much room a thing [takes|took] up by not being there.",
      "No sign, no trace, no small disorder to read anything from.",
    ],
  },
  {
    when: /\b(find\w*|found|discover\w*|notic\w+|already|suddenly|realis\w+|realiz\w+|hidden|reveal\w*|sees?|saw)\b/,
    say: [
      "It [is|was] there to be seen, and having been seen it [cannot|could not] be put back.",
      "The mind [goes|went] round it once, looking for the ordinary explanation, and [comes|came] back without one.",
      "A moment ago it [was|had been] a day like others; now it [has|had] a before and an after.",
      "The fact [sits|sat] there, plain as a plate on a table, and [offers|offered] nothing further.",
    ],
  },
  {
    when: /\b(days|weeks|months|years|hours|minutes|nights|decades|century|centuries|long time|since|ago)\b/,
    say: [
      "Time, measured like that, [stops|stopped] being a number and [becomes|became] a distance.",
      "One day [lies|lay] down on another, and the pile [grows|grew] without anyone's adding to it.",
      "So long a while [leaves|left] its dust on a place, and its questions.",
    ],
  },
  {
    when: /\b(remember\w*|memor\w+|forg[eo]t\w*|childhood|used to|photograph\w*|photos?)\b/,
    say: [
      "Memory [brings|brought] what it [likes|liked], and [leaves|left] the rest on the stairs.",
      "It [is|was] not so much recalled as met again, a little older.",
      "The clearest part of it [is|was], of course, the part that [matters|mattered] least.",
    ],
  },
  {
    when: /\b(fear\w*|afraid|scared|terrif\w+|panic\w*|horror|scream\w*|ghosts?|monster|danger\w*|threat\w*)\b/,
    say: [
      "Fear [begins|began] in the hands and only later [finds|found] its reasons.",
      "The sensible explanation [is|was] near, and it [helps|helped] less than it should have.",
      "Everything [has|had] a second outline, and the second one [is|was] listening.",
    ],
  },
  {
    when: /\b(dead|death|dies|died|dying|funeral|grave\w*|grie\w+|mourn\w*|widow\w*|coffin|buried|bury|loss|lost)\b/,
    say: [
      "It [is|was] a plain fact, and there [is|was] no plain way to hold it.",
      "The world [goes|went] on with its errands, which [is|was] its right, and its unkindness.",
      "There [are|were] things that [become|became] true more than once, each time from the beginning.",
    ],
  },
  {
    when: /\b(loves?|loved|loving|lovers?|kiss\w*|heart|marr\w+|wedding|darling|embrac\w+|hug\w*|bride)\b/,
    say: [
      "It [is|was] the kind of thing that [is|was] clearest when nobody [says|said] it.",
      "Tenderness [has|had] its own awkwardness, and [is|was] none the worse for it.",
      "So little [needs|needed] doing, and all of it [matters|mattered].",
    ],
  },
  {
    when: /\b(anger|angry|fur(?:y|ious)|rage|fight\w*|fought|hit|hits|betray\w*|quarrel\w*|slam\w*|hat(?:e|es|ed|red))\b/,
    say: [
      "Anger [is|was] quick to furnish a room, and slow to leave it.",
      "What [is|was] meant and what [is|was] done [stand|stood] some way apart.",
      "There [is|was] heat in it, and under the heat something colder and older.",
    ],
  },
  {
    when: /\b(money|coins?|pay\w*|paid|debts?|rich|poor|bank|gold|price|sell\w*|sold|buys?|bought|rent|bills?)\b/,
    say: [
      "Sums [have|had] a way of being about something else.",
      "It [is|was] simple arithmetic, and like most simple arithmetic it [keeps|kept] people awake.",
      "What a thing [costs|cost] and what it [is|was] worth [are|were] on speaking terms, no more.",
    ],
  },
  {
    when: /\b(eat\w*|ate|food|bread|dinner|lunch|supper|cook\w*|coffee|tea|cups?|wine|beer|drink\w*|drank|table|soup|cake|meal)\b/,
    say: [
      "There [is|was] comfort in the small order of it, each thing in its turn.",
      "Steam or no steam, the hands [want|wanted] something to go round.",
      "It [tastes|tasted] of itself, and a little of every other time.",
      "A table [makes|made] its own rules, and the first of them [is|was] to stay a while.",
    ],
  },
  {
    when: /\b(child\w*|kids?|boy|girl|baby|toys?|school\w*|teacher|pupils?|playground|birthday)\b/,
    say: [
      "To the young a thing like that [is|was] either enormous or nothing at all.",
      "There [is|was] the seriousness that [belongs|belonged] to small people and large matters.",
      "A rule [has|had] been made somewhere, and it [is|was] being kept.",
    ],
  },
  {
    when: /\b(mother|father|mum|mom|dad|sisters?|brothers?|family|parents?|uncle|aunt|grand\w+|daughters?|sons?|wife|husband|cousin)\b/,
    say: [
      "Families [have|had] their own grammar, and most of it [is|was] silence.",
      "Some things [are|were] handed down without anyone's meaning to hand them.",
      "It [is|was] an old arrangement, and nobody [remembers|remembered] agreeing to it.",
    ],
  },
  {
    when: /\b(dogs?|cats?|horses?|wol(?:f|ves)|fox\w*|sheep|cows?|mouse|mice|animal\w*|fish\w*)\b/,
    say: [
      "An animal [knows|knew] what it [knows|knew] and [makes|made] no speech about it.",
      "There [is|was] a watchfulness there that [asks|asked] for nothing.",
      "It [is|was] at home in the moment, as no one else [is|was].",
    ],
  },
  {
    when: /\b(birds?|gulls?|crows?|ravens?|owls?|swallows?|geese|wings?|feathers?|pigeons?)\b/,
    say: [
      "Wings [make|made] a short work of distances.",
      "One cry [goes|went] up, and then a second that might [be|have been] its echo.",
      "They [have|had] the air to themselves and [behave|behaved] accordingly.",
    ],
  },
  {
    when: /\b(fires?|flames?|burn\w*|ash(?:es)?|smoulder\w*|match(?:es)?|hearth|stove)\b/,
    say: [
      "Fire [has|had] only the one idea, and it [is|was] a good one.",
      "The warmth [reaches|reached] as far as it [reaches|reached], and there [stops|stopped].",
      "Something in it [shifts|shifted] and [resettles|resettled], like a sleeper.",
    ],
  },
  {
    when: /\b(music|songs?|sing(?:s|ing|ers?)?|sang|piano|violin|guitar|danc\w+|radio|melody|choir|drums?|band)\b/,
    say: [
      "The tune [has|had] got in ahead of any thought about it.",
      "For the length of a phrase everything [is|was] arranged.",
      "When it [stops|stopped], the silence [keeps|kept] its shape a little longer.",
    ],
  },
  {
    when: /\b(sleep\w*|slept|asleep|dream\w*|wak\w+|woke|bed|tired|yawn\w*|pillow)\b/,
    say: [
      "Between sleep and the other thing there [is|was] a strip of no man's land.",
      "Tiredness [makes|made] everything true, and nothing urgent.",
      "The mind [is|was] slow to come ashore.",
    ],
  },
  {
    when: /\b(war|soldiers?|guns?|knife|kni(?:ves)|blood\w*|wound\w*|kill\w*|murder\w*|battle|enem\w+|weapon|shot|shots|bullet|sword)\b/,
    say: [
      "Violence [leaves|left] a kind of hush round itself, before and after.",
      "No one [needs|needed] to be told what such a thing [is|was] for.",
      "It [is|was] quick to say, and it [takes|took] a long time to have happened.",
    ],
  },
  {
    when: /\b(secrets?|lied|liars?|hid\w*|pretend\w*|truth|confess\w*|steal\w*|stole\w*|thief|mystery|clue\w*|detective)\b/,
    say: [
      "A thing kept back [has|had] its own weight, and it [pulls|pulled] the talk out of true.",
      "The truth of it [is|was] close by, and [is|was] in no hurry.",
      "Somebody [knows|knew]; somebody always [does|did].",
    ],
  },
  {
    when: /\b(work\w*|office|boss|job|factory|desk|meeting|tools?|machine\w*|computer|screen|deadline|engine)\b/,
    say: [
      "Work [has|had] this to be said for it, that it [shows|showed] where to put the hands.",
      "One thing [is|was] done, then the next, and the day [consents|consented] to be got through.",
      "It [is|was] the sort of task that [looks|looked] like nothing from outside.",
    ],
  },
  {
    when: /\b(doctor|nurse|hospital|ill|sick\w*|fever|pain\w*|hurt\w*|medicine|patient|cough\w*|surgery)\b/,
    say: [
      "The body [has|had] its own opinions and [gives|gave] them without being asked.",
      "In such places people [speak|spoke] low, as if the news [is|was] asleep.",
      "There [is|was] a great deal of ceiling to be looked at.",
    ],
  },
  {
    when: /\b(hands?|fingers?|face|eyes?|mouth|voice|hair|skin|shoulders?|smil\w+|laugh\w*|cr(?:y|ies|ied|ying)|tears?)\b/,
    say: [
      "A face [does|did] what it [can|could] to keep up.",
      "So much [is|was] said before anything [is|was] said.",
      "There [is|was] something in it that [is|was] gone before it [can|could] be given a name.",
    ],
  },
  {
    when: /\b(leav(?:e|es|ing)|goodbye|farewell|depart\w*|run(?:s|ning)? away|ran|flee\w*|fled|escap\w+|goes|went|return\w*|arriv\w+|comes|came)\b/,
    say: [
      "Going [is|was] simple enough; it [is|was] the last look that [takes|took] time.",
      "Some crossings [make|made] no sound at all.",
      "A place [is|was] never so much itself as in the minute of being come to, or left.",
    ],
  },
  {
    when: /\?/,
    say: [
      "The question [stays|stayed] where it [is|was] put.",
      "There [are|were] answers, and none of them [offers|offered] itself.",
      "Asking [is|was] the easy half of it.",
    ],
  },
];

/** `{thing}` stands only where a singular and a plural fit alike. */
export const ABOUT_THINGS: readonly string[] = [
  "Something about {thing} [asks|asked] for a second look.",
  "The eye [goes|went] back to {thing}, and [finds|found] nothing changed there.",
  "For a while there [is|was] little to attend to but {thing}.",
  "It all [comes|came] back, sooner or later, to {thing}.",
  "Whatever the truth of it, it [has|had] something to do with {thing}.",
  "The thought of {thing} [is|was] slow to leave.",
  "There [is|was] no looking past {thing}, not now.",
  "Anyone else might have passed {thing} without a glance.",
  "Everything else [arranges|arranged] itself around {thing}.",
  "One could [draw|have drawn] {thing} from memory, and still [miss|have missed] the point.",
  "Nothing [has|had] been said about {thing}, and perhaps nothing would be.",
  "In another story {thing} would have mattered less.",
  "A stranger would have begun with {thing}, and not been far wrong.",
  "It [takes|took] a moment to see {thing} as if for the first time.",
  "The whole of it [seems|seemed] to lean, very slightly, toward {thing}.",
  "There [is|was] comfort of a sort in {thing}, and also the opposite of comfort.",
  "Of all that [is|was] there to be noticed, the mind [chooses|chose] {thing}.",
  "No great meaning need be hung on {thing}; a small one [is|was] enough.",
  "Beside {thing}, the rest [is|was] only weather.",
  "It would be wrong to make too much of {thing}, and wrong to make too little.",
];

/** `{name}` is one person. */
export const ABOUT_PEOPLE: readonly string[] = [
  "What {name} [makes|made] of it [is|was] not easy to tell.",
  "If any of it [troubles|troubled] {name}, it [does|did] not show.",
  "{name} [gives|gave] it the length of a breath, and then of another.",
  "Nothing in {name}'s bearing [says|said] whether this [is|was] expected.",
  "{name} [takes|took] it in piece by piece, and [is|was] in no hurry to add the pieces up.",
  "It [is|was] not a thing {name} [has|had] words for, or not yet.",
  "There [is|was] a way {name} [has|had] of going still at such moments.",
  "For {name} it [is|was] enough, just then, to go on to the next thing.",
  "Someone else might have called out; {name} [does|did] not.",
  "Later {name} would put it differently, but later [is|was] a long way off.",
];

/** `{span}` is days or longer. */
export const ABOUT_SPANS: readonly string[] = [
  "Said aloud it [sounds|sounded] longer: {span}.",
  "In {span} a habit [can|could] form, or be lost, and nobody need notice the day it [happens|happened].",
  "There [is|was] a good deal that {span} [can|could] hide.",
];

/** After a note of a word or two. */
export const AFTER_FRAGMENTS: readonly string[] = [
  "There [is|was] no more to it than that, and no less.",
  "It [needs|needed] no introduction.",
  "That [is|was] how it [begins|began], if it [begins|began] anywhere.",
  "For a moment that [is|was] all there [is|was].",
  "The word [is|was] enough to be going on with.",
];

/**
 * Small paragraphs that belong anywhere. Each sentence may follow the one before it, and any
 * beginning of a passage stands alone.
 */
export const PASSAGES: readonly (readonly string[])[] = [
  [
    "There [are|were] sounds, once one [begins|began] to count them.",
    "Something [ticks|ticked] as it [cools|cooled]; something farther off [shifts|shifted] its weight and [is|was] still again.",
    "None of them [means|meant] anything, taken singly.",
    "Together they [make|made] a kind of company.",
  ],
  [
    "It [is|was] the small things that [hold|held] the attention.",
    "A scratch in a surface, a thread come loose, a mark where something [has|had] stood for years and [stands|stood] no longer.",
    "They [ask|asked] for nothing, and so they [are|were] easy to look at.",
    "The large things [can|could] wait; they [are|were] good at it.",
  ],
  [
    "The air [has|had] changed, though it [is|was] hard to say when.",
    "It [is|was] not colder, exactly.",
    "It [is|was] more as if a door [has|had] been opened a long way off, and the news of it [is|was] only now arriving.",
  ],
  [
    "A moment like this [has|had] no handle to it.",
    "One [goes|went] round it, and round it again, and it [is|was] the same on every side.",
    "Then, without anything's having happened, it [is|was] over, and another [has|had] taken its place.",
  ],
  [
    "There [is|was] a story that would have explained it.",
    "There [are|were] several, in fact, and each of them [is|was] reasonable.",
    "The trouble with reasonable stories [is|was] that they [arrive|arrived] one after another, like guests, and [leave|left] the place exactly as they [find|found] it.",
  ],
  [
    "The light [does|did] what it [can|could].",
    "It [picks|picked] out an edge here and a corner there, and [lets|let] the rest go.",
    "What it [leaves|left] alone [seems|seemed] to draw a little closer.",
  ],
  [
    "No one [can|could] be in two minds for ever.",
    "Sooner or later the body [decides|decided], and the mind [comes|came] along behind with its reasons, like someone carrying the bags.",
    "It [is|was] not a bad arrangement.",
    "Most of what [gets|got] done in the world [gets|got] done that way.",
  ],
  [
    "Habit [is|was] a great help.",
    "It [knows|knew] where things [are|were] kept, and which of them [stick|stuck], and how much of any effort [is|was] really needed.",
    "It [has|had] only the one fault, that it [does|did] not look up.",
  ],
  [
    "There [are|were] days that [announce|announced] themselves, and days that [do|did] not.",
    "This one [has|had] begun like any other.",
    "If there [was|had been] a sign, it [was|had been] a small one, and it [was|had been] looking the other way.",
  ],
  [
    "It [is|was] possible to imagine it all otherwise.",
    "A little more luck, a little less weather, and none of this would have come to anything.",
    "But that [is|was] only imagining, and imagining [leaves|left] no mark on the floor.",
  ],
  [
    "Far off, something [is|was] moving, or [seems|seemed] to be.",
    "Looked at directly, it [is|was] nothing.",
    "Looked away from, it [takes|took] up its errand again at the corner of the eye.",
  ],
  [
    "What [comes|came] next [is|was] no great matter to describe.",
    "It [is|was] done in the ordinary way, with the ordinary care.",
    "And yet each part of it [stands|stood] out a little from the part before, as though someone [has|had] drawn round it with a pencil.",
  ],
  [
    "Thought [goes|went] ahead and [comes|came] back, like a dog on a walk.",
    "It [covers|covered] the ground three times over and [is|was] no wiser for it.",
    "Still, it [is|was] better to have it out there than underfoot.",
  ],
  [
    "The body [keeps|kept] its own account of such hours.",
    "It [has|had] noted the ache, the draught, the place where the breath [catches|caught].",
    "It [does|did] not say what any of them [is|was] for.",
  ],
  [
    "Some places [seem|seemed] to listen.",
    "It [is|was] nothing one [can|could] point to: a certain depth in the corners, a certain delay before an echo.",
    "One [lowers|lowered] one's voice in them without knowing why, and then [feels|felt] foolish, and [goes|went] on doing it.",
  ],
  [
    "Nothing [is|was] out of order.",
    "That [is|was] worth saying, because it [is|was] so easily missed.",
    "Order [is|was] a thing that someone [makes|made], and [makes|made] again, and the making of it [leaves|left] no trace at all when it [is|was] done well.",
  ],
  [
    "There [is|was] always the other possibility.",
    "It [stands|stood] a little behind the first, with its hat in its hands, and [waits|waited] to be asked.",
    "Nobody [asks|asked] it.",
    "It [does|did] not go away.",
  ],
  [
    "The mind [has|had] a drawer for things like this.",
    "They [go|went] in one by one, unlabelled, and for years the drawer [shuts|shut] easily enough.",
    "Then one day it [does|did] not.",
  ],
  [
    "Seen from a distance it would have looked like calm.",
    "From a distance most things [do|did].",
    "Close to, there [is|was] all the small traffic of keeping upright: a glance, a breath, a weight moved from one side to the other.",
  ],
  [
    "The middle of any matter [is|was] longer than its two ends.",
    "At first everything [is|was] news; at the end everything [is|was] known.",
    "It [is|was] the stretch between that [has|had] to be walked.",
  ],
  [
    "There [is|was] a smell in the air that [belongs|belonged] to no season in particular.",
    "It [has|had] dust in it, and iron, and something sweet that [is|was] nearly gone.",
    "A smell [is|was] the shortest road there [is|was]; it [arrives|arrived] before one [has|had] decided to set out.",
  ],
  [
    "It [is|was] not courage, quite.",
    "Courage would have known what it [is|was] doing.",
    "It [is|was] more like the plain disinclination to turn round, and it [serves|served] as well.",
  ],
  [
    "The world [is|was] full of people who would have known what to say.",
    "They [are|were] elsewhere, saying it.",
    "Here there [is|was] only what there [is|was], and it [has|had] to do.",
  ],
  [
    "Once, perhaps, there [was|had been] a rule about it.",
    "Rules [wear|wore] down like steps, in the middle, where everyone [puts|put] a foot.",
    "What [is|was] left [is|was] only the shape of having been careful.",
  ],
  [
    "A little time [passes|passed].",
    "It [leaves|left] no mark, being the sort that [does|did] not.",
    "Afterwards it [is|was] hard to believe that there [was|had been] any.",
  ],
  [
    "What [can|could] be seen [is|was] one thing; what [can|could] be sworn to [is|was] another.",
    "The first [is|was] wide and full of detail.",
    "The second would have fitted on a card.",
  ],
  [
    "It [has|had] the look of a beginning, though beginnings [are|were] mostly recognised from behind.",
    "Nothing in it [is|was] underlined.",
    "One [steps|stepped] over it, as over a cable on the floor, and [goes|went] on.",
  ],
  [
    "Warmth [is|was] a matter of inches.",
    "On this side of the line one [can|could] think, and plan, and be generous.",
    "On the other side there [is|was] only the next thing, and the thing after that.",
  ],
  [
    "Somebody, at some time, must have stood just here and thought much the same.",
    "It [is|was] no comfort, but it [is|was] company.",
    "The thought [has|had] been worn smooth by use, and it [fits|fitted] the hand.",
  ],
  [
    "The simplest account of it [is|was] also the shortest.",
    "It [leaves|left] out the weather, the doubts, and the way the silence [holds|held] after every sound.",
    "It [is|was] accurate.",
    "It [is|was] no use to anyone.",
  ],
  [
    "There [is|was] a limit to how long a thing [can|could] be looked at.",
    "After that the looking [wears|wore] through, and one [sees|saw] only one's own tiredness, with the thing somewhere behind it.",
    "Better to look away, and come back.",
  ],
  [
    "Chance [has|had] a hand in it, as it [has|had] in most things.",
    "It [is|was] not a heavy hand.",
    "It only [moves|moved] a cup an inch, or [holds|held] a stranger at a corner for the space of a minute, and [lets|let] the rest follow.",
  ],
  [
    "The quiet [has|had] layers.",
    "On top there [is|was] the ordinary kind, made of nothing much going on.",
    "Beneath it [lies|lay] another, which [is|was] older, and [is|was] not made of anything.",
  ],
  [
    "It would have been easy to hurry.",
    "Everything [leans|leaned] that way, like furniture on a sloping floor.",
    "To go slowly [takes|took] a decision, and then the same decision again.",
  ],
  [
    "Not everything [has|had] to be understood at once.",
    "Some of it [can|could] be put to one side, on a shelf, where the light [reaches|reached] it now and then.",
    "Understanding [comes|came] to such things of its own accord, or [does|did] not come, and either way the shelf [bears|bore] them.",
  ],
  [
    "Edges [are|were] where things [happen|happened].",
    "The middle of anything [is|was] mostly more of the same; it [is|was] at the rim, where one thing [gives|gave] way to another, that there [is|was] something to see.",
    "And it [is|was] at the rim that one [has|had] to mind one's feet.",
  ],
  [
    "The hour [has|had] a colour, if one [cares|cared] to name it.",
    "It [lies|lay] somewhere between what [is|was] ending and what [has|had] not yet begun.",
    "No painter would have thanked anyone for it, and it [is|was] beautiful all the same.",
  ],
  [
    "A reason [is|was] a fine thing to have.",
    "One [can|could] hold it up, and turn it about, and show it to people.",
    "Without one there [is|was] only the doing of the thing, which [goes|went] on regardless.",
  ],
];

/** The last sentence. */
export const CLOSINGS: readonly string[] = [
  "After that there [is|was] only the quiet, and what might come of it.",
  "And there, for the time being, the matter [rests|rested].",
  "Whatever it [means|meant], it [has|had] begun.",
  "It [is|was] not an answer, but it [stands|stood] where an answer would have stood.",
  "The rest [can|could] wait; it [has|had] waited long enough already to be good at it.",
  "Nothing [moves|moved], and nothing [is|was] settled, and the moment [goes|went] on.",
  "There [is|was] more to be said about it, and nobody there to say it yet.",
  "What [remains|remained] [is|was] the plain fact of it, and the plain fact [keeps|kept] its place.",
];

/** Two halves of a sentence, any first with any second: for lengths that the rest does not fill. */
export const FIRST_HALVES: readonly string[] = [
  "Whatever might be said of it later",
  "For all that the place [gives|gave] away",
  "As far as anyone [can|could] judge from there",
  "In the time it [takes|took] to draw a breath",
  "Between one sound and the next",
  "If there [is|was] a pattern to be found",
  "Though nothing [seems|seemed] to change",
  "Little by little",
  "In spite of everything",
  "On the far side of that thought",
  "With no one to say otherwise",
  "Somewhere at the back of the mind",
  "By any ordinary measure",
  "For as long as it [lasts|lasted]",
  "Out of long practice",
  "Without any fuss at all",
  "At the edge of hearing",
  "Under the surface of the moment",
  "In the plain light of the facts",
  "When all [is|was] weighed",
  "Just there and just then",
];

export const SECOND_HALVES: readonly string[] = [
  "the hour [keeps|kept] its own counsel",
  "one thing [goes|went] on leading quietly to another",
  "there [is|was] room for a doubt, and a doubt [takes|took] it",
  "the small facts [hold|held] their ground",
  "the silence [draws|drew] itself up and [listens|listened]",
  "it [is|was] the waiting that [does|did] the work",
  "what [has|had] been left out [makes|made] itself felt",
  "the day [turns|turned] a little further on its hinge",
  "there [is|was] nothing for it but to go on",
  "every detail [seems|seemed] to have been put there by hand",
  "the old order of things [holds|held], but only just",
  "a second meaning [shows|showed] through the first",
  "it [is|was] easier to feel than to explain",
  "the distance [closes|closed] by an inch, and then by another",
  "something [has|had] been set going that would not easily be stopped",
  "the mind [makes|made] its rounds and [reports|reported] all quiet",
  "there [remains|remained] the matter of what to do next",
  "the answer [is|was] nearer than the question",
  "it [leaves|left] a taste of iron and of distance",
  "the world [holds|held] still for its likeness",
];

/** A few verbless sentences, so that they fit any tense; for notes in these languages. */
export const ASIDES: Readonly<Record<"de" | "fr" | "es", readonly string[]>> = {
  de: [
    "Ein Augenblick, mehr nicht.",
    "Kein Laut ringsum, nur das leise Atmen der Dinge.",
    "Alles an seinem Platz, und doch nichts wie sonst.",
    "So einfach, und so schwer zu sagen.",
    "Dazwischen die Stille, dicht wie ein Tuch.",
    "Nichts Großes, und gerade darum nicht zu übersehen.",
    "Eine Frage, noch ohne Worte.",
    "Vielleicht ein Anfang, vielleicht auch nur eine Pause.",
    "Ein wenig Licht am Rand, und dahinter das Ungewisse.",
    "Kein Zeichen, keine Spur, keine Erklärung.",
    "Langsam, Schritt für Schritt, wie gegen einen leichten Widerstand.",
    "Und über allem dieses Gefühl von Abschied.",
    "Ein Geruch von Staub und Eisen, und von etwas Süßem, fast schon Vergangenem.",
    "Zeit genug, und doch keine Zeit zu verlieren.",
    "Nur das Naheliegende, eins nach dem anderen.",
    "Am Ende nichts als die schlichte Tatsache.",
  ],
  fr: [
    "Un instant, rien de plus.",
    "Pas un bruit alentour, sinon le souffle lent des choses.",
    "Tout à sa place, et pourtant rien comme d'habitude.",
    "Si simple, et si difficile à dire.",
    "Entre les deux, le silence, épais comme une étoffe.",
    "Presque rien, et pour cela même impossible à ignorer.",
    "Une question, encore sans paroles.",
    "Peut-être un commencement, peut-être une simple pause.",
    "Un peu de lumière au bord, et derrière elle l'incertain.",
    "Aucun signe, aucune trace, aucune explication.",
    "Lentement, pas à pas, comme contre une légère résistance.",
    "Et sur tout cela, un air d'adieu.",
    "Une odeur de poussière et de fer, et de quelque chose de doux, déjà presque perdu.",
    "Assez de temps, et pourtant pas de temps à perdre.",
    "Seulement le plus proche, une chose après l'autre.",
    "À la fin, rien que le fait tout nu.",
  ],
  es: [
    "Un instante, nada más.",
    "Ni un ruido alrededor, salvo la respiración lenta de las cosas.",
    "Todo en su sitio y, sin embargo, nada como siempre.",
    "Tan sencillo, y tan difícil de decir.",
    "En medio, el silencio, espeso como una tela.",
    "Casi nada, y por eso mismo imposible de pasar por alto.",
    "Una pregunta, todavía sin palabras.",
    "Quizá un comienzo, quizá solo una pausa.",
    "Un poco de luz en el borde y, detrás, lo incierto.",
    "Ninguna señal, ninguna huella, ninguna explicación.",
    "Despacio, paso a paso, como contra una leve resistencia.",
    "Y sobre todo ello, un aire de despedida.",
    "Un olor a polvo y a hierro, y a algo dulce, ya casi perdido.",
    "Tiempo de sobra y, aun así, ningún tiempo que perder.",
    "Solo lo más cercano, una cosa tras otra.",
    "Al final, nada más que el hecho desnudo.",
  ],
};
