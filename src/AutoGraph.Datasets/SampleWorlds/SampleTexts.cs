namespace AutoGraph.Datasets;

/// <summary>Composes the knowledge texts from aspects by templates, with remarks that have nothing to do with them.</summary>
internal static class SampleTexts
{
    /// <summary>A book's text: every planted aspect by one of its phrases.</summary>
    /// <param name="aspects">The book's choices in each family.</param>
    /// <param name="random">Chooses phrases, template and remarks.</param>
    public static string Book(int[][] aspects, SampleRandom random)
    {
        string Say(int family, int which = 0) => random.Pick(SampleAspects.Families[family].Aspects[aspects[family][which]].Phrases);
        string genre = Say(SampleAspects.Genre), theme = Say(SampleAspects.Theme), second = Say(SampleAspects.Theme, 1), setting = Say(SampleAspects.Setting),
            mood = Say(SampleAspects.Mood), pace = Say(SampleAspects.Pace), era = Say(SampleAspects.Era), style = Say(SampleAspects.Style),
            remark = random.Pick(SampleNames.BookRemarks);
        return random.Below(3) switch
        {
            0 => $"The book is {genre}. Its place is {setting}, {era}. At the heart of the plot stand {theme} and also {second}. {remark} The mood is {mood}, the pace {pace}. As for style, it is {style}.",
            1 => $"Readers find here {theme}, together with {second}. The plot plays {era} and leads to {setting}. {remark} One may call it {genre}; the tone is {mood} and the tempo {pace}. The whole is {style}.",
            _ => $"{remark} The story takes place {era} and brings its people to {setting}. It is {genre}, concerned above all with {theme} and with {second}. It reads {pace}, it feels {mood}, and it is {style}.",
        };
    }

    /// <summary>A reader's text: the best liked aspects of each family (two themes) and the least liked theme or mood.</summary>
    /// <param name="taste">The reader's taste over all aspects.</param>
    /// <param name="random">Chooses phrases, template and remarks.</param>
    public static string Reader(ReadOnlySpan<double> taste, SampleRandom random)
    {
        var best = new int[SampleAspects.Families.Length][];
        for (int family = 0; family < best.Length; family++) best[family] = Ranked(taste, family);
        string Say(int family, int rank = 0) => random.Pick(SampleAspects.Families[family].Aspects[best[family][rank]].Phrases);
        string genre = Say(SampleAspects.Genre), theme = Say(SampleAspects.Theme), second = Say(SampleAspects.Theme, 1), setting = Say(SampleAspects.Setting),
            mood = Say(SampleAspects.Mood), pace = Say(SampleAspects.Pace), era = Say(SampleAspects.Era), style = Say(SampleAspects.Style),
            remark = random.Pick(SampleNames.ReaderRemarks);
        int avoided = random.Below(2) == 0 ? SampleAspects.Theme : SampleAspects.Mood;
        string avoid = SampleAspects.Families[avoided].Aspects[best[avoided][^1]].Key;
        return random.Below(3) switch
        {
            0 => $"This reader enjoys {genre}, above all about {theme} or {second}. Favourite places are {setting}, favourite times {era}. {remark} Books should be {mood} and their pace {pace}. Ideally they are {style}. Tends to avoid {avoid}.",
            1 => $"{remark} Looks for {theme}, also for {second}, best of all in {genre}. Is drawn to {setting} and to plots {era}. Wants a mood that is {mood} and a tempo that is {pace}. Admires what is {style}. Little patience for {avoid}.",
            _ => $"What counts here is {theme}; {second} comes next. A good evening means {genre}, near {setting}, {era}. The tone may be {mood}, the tempo {pace}, the whole {style}. {remark} Usually puts aside anything {avoid}.",
        };
    }

    /// <summary>The aspects of a family, best liked first, ties by position.</summary>
    private static int[] Ranked(ReadOnlySpan<double> taste, int family)
    {
        double[] own = taste.Slice(SampleAspects.Offsets[family], SampleAspects.Families[family].Aspects.Length).ToArray();
        return [.. Enumerable.Range(0, own.Length).OrderByDescending(aspect => own[aspect])];   // LINQ sorts stably
    }
}
