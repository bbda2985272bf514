namespace AutoGraph.Datasets;

/// <summary>One thing that a book can be about or like, and ways to say so; each phrase contains the key.</summary>
internal sealed record SampleAspect(string Key, params string[] Phrases);

/// <summary>Aspects of one kind.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Weight">How much it counts for taste.</param>
/// <param name="PerBook">How many of them a book has.</param>
/// <param name="Aspects">The choices.</param>
internal sealed record SampleFamily(string Name, double Weight, int PerBook, params SampleAspect[] Aspects);

/// <summary>The vocabulary of the sample world: what is planted, and the words for it.</summary>
internal static class SampleAspects
{
    public const int Genre = 0, Theme = 1, Setting = 2, Mood = 3, Pace = 4, Era = 5, Style = 6;

    public static readonly SampleFamily[] Families =
    [
        new("genre", 0.8, 1,
            new("mystery", "a mystery of clues and suspects", "a mystery with a stubborn detective", "a mystery around a locked room"),
            new("fantasy", "a fantasy of spells and dragons", "a fantasy with wizards and old magic", "a fantasy about an enchanted sword"),
            new("science fiction", "science fiction with robots and starships", "science fiction about thinking machines", "science fiction on distant planets"),
            new("romance", "a romance of courtship and longing", "a romance between two lovers", "a romance that ends in a wedding"),
            new("horror", "a horror tale of ghosts and monsters", "a horror story with a haunted cellar", "a horror novel full of nightmares"),
            new("thriller", "a thriller of spies and assassins", "a thriller with a ticking bomb", "a thriller around a stolen secret"),
            new("family saga", "a family saga over four generations", "a family saga of cousins and heirs", "a family saga about an inheritance"),
            new("adventure", "an adventure of treasure and maps", "an adventure with explorers and pirates", "an adventure on a daring expedition")),
        new("theme", 1.0, 2,
            new("revenge", "revenge and its cost", "a vow of revenge", "revenge for an old insult"),
            new("exile", "exile and lost homes", "the loneliness of exile", "exile among strangers"),
            new("ambition", "ambition and the climb to power", "ruthless ambition", "ambition that devours a career"),
            new("grief", "grief after a death", "mourning and grief", "grief that will not heal"),
            new("friendship", "friendship tested by years", "loyal friendship", "friendship between rivals"),
            new("betrayal", "betrayal by a trusted ally", "treachery and betrayal", "betrayal among brothers"),
            new("motherhood", "motherhood and its worries", "late motherhood", "motherhood against the odds"),
            new("faith", "faith and doubt", "religious faith put on trial", "a priest who loses faith"),
            new("survival", "survival against nature", "bare survival", "survival with little food"),
            new("justice", "justice and the courts", "a lawyer fighting for justice", "justice delayed"),
            new("memory", "memory and forgetting", "a vanished memory", "memory and what it distorts"),
            new("first love", "first love at sixteen", "awkward first love", "first love remembered")),
        new("setting", 0.8, 1,
            new("harbour", "a harbour town of sailors and fishing boats", "a foggy harbour with taverns", "a harbour where cargo ships dock"),
            new("mountain", "a mountain village among glaciers", "a lonely mountain hut", "a mountain valley of shepherds"),
            new("desert", "a desert of dunes and caravans", "a desert oasis", "a desert under burning sun"),
            new("school", "a boarding school with strict teachers", "a village school", "a school of pupils and dormitories"),
            new("metropolis", "a crowded metropolis of towers", "a metropolis of streets and neon", "a noisy metropolis"),
            new("island", "an island of cliffs and gulls", "a tropical island", "an island cut off by the tide"),
            new("palace", "a palace of courtiers and kings", "a palace full of servants", "a crumbling royal palace"),
            new("railway", "a railway line and its stations", "a night train on the railway", "a railway depot with steam engines"),
            new("farm", "a farm of wheat and cattle", "a poor farm", "a farm with orchards and barns"),
            new("arctic", "an arctic station in the ice", "the arctic tundra", "an arctic winter of snow and sledges")),
        new("mood", 0.8, 1,
            new("melancholic", "melancholic and wistful", "melancholic, like autumn rain", "gently melancholic"),
            new("humorous", "humorous and full of jokes", "humorous, with comic mishaps", "dryly humorous"),
            new("tense", "tense and nervous", "tense, with suspense on each page", "tense to the last"),
            new("hopeful", "hopeful and warm", "hopeful, in spite of everything", "quietly hopeful"),
            new("eerie", "eerie and unsettling", "eerie, with whispers at dusk", "strangely eerie"),
            new("tender", "tender and intimate", "tender, with kind gestures", "deeply tender"),
            new("bleak", "bleak and without comfort", "bleak, cold and merciless", "utterly bleak"),
            new("whimsical", "whimsical and playful", "whimsical, with odd inventions", "charmingly whimsical")),
        new("pace", 0.4, 1,
            new("slow", "slow and contemplative", "slow, lingering over details", "very slow"),
            new("steady", "steady and measured", "steady, chapter by chapter", "even and steady"),
            new("brisk", "brisk and lively", "brisk, with short chapters", "cheerfully brisk"),
            new("breathless", "breathless and racing", "breathless, one chase after another", "almost breathless")),
        new("era", 0.5, 1,
            new("antiquity", "in antiquity, among temples and legions", "in antiquity, when emperors ruled", "in late antiquity"),
            new("medieval", "in medieval times of knights and monks", "in a medieval century of plague", "in medieval days of guilds"),
            new("victorian", "in the victorian age of gaslight", "in victorian times of carriages", "in victorian years of factories"),
            new("twenties", "in the twenties, with jazz and gramophones", "in the roaring twenties", "in the twenties between two wars"),
            new("present day", "in the present day of phones and screens", "in the present day", "in the present day, with its online life"),
            new("future", "in a far future of colonies", "in the future, after the cities drowned", "in a future without nations")),
        new("style", 0.5, 1,
            new("letters", "told in letters between two people", "made of letters and diaries", "written as a bundle of letters"),
            new("confession", "told as a confession in the first person", "a long confession by the narrator", "an honest confession to a stranger"),
            new("many voices", "told by many voices in turn", "a chorus of many voices", "pieced together from many voices"),
            new("spare", "written in spare sentences", "in a spare, plain manner", "spare, with no word too much"),
            new("lyrical", "written in lyrical prose", "lyrical, close to poetry", "in lyrical, musical sentences"),
            new("satirical", "written with a satirical edge", "satirical, mocking everyone", "in a satirical, biting manner")),
    ];

    /// <summary>Where each family's aspects begin in an aspect vector.</summary>
    public static readonly int[] Offsets = [.. Families.Select((_, f) => Families.Take(f).Sum(family => family.Aspects.Length))];

    /// <summary>Number of aspects in all.</summary>
    public static readonly int Count = Families.Sum(family => family.Aspects.Length);

    /// <summary>"family: key" of each aspect.</summary>
    public static readonly string[] Names = [.. Families.SelectMany(family => family.Aspects.Select(aspect => $"{family.Name}: {aspect.Key}"))];
}
