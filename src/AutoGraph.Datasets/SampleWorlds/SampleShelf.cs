using System.Globalization;

namespace AutoGraph.Datasets;

/// <summary>The simulated books and their planted aspects.</summary>
internal sealed class SampleShelf
{
    private const double KeepsGenre = 0.7, KeepsStyle = 0.5, TypicalOfGenre = 0.4;

    public required SampleBook[] Books { get; init; }

    /// <summary>[book][family][choice]</summary>
    public required int[][][] Aspects { get; init; }

    /// <summary>Creates books. Authors keep to a genre and style, and each genre has typical settings, moods and so on, but most of that stays open.</summary>
    public static SampleShelf Create(int count, SampleRandom random, SampleRandom textRandom)
    {
        var authors = Authors(Math.Max(5, count / 5), random);
        var typical = new int[SampleAspects.Families[SampleAspects.Genre].Aspects.Length][];
        for (int genre = 0; genre < typical.Length; genre++)
            typical[genre] = [.. SampleAspects.Families.Select(family => random.Below(family.Aspects.Length))];

        int pairs = SampleNames.TitleFirst.Length * SampleNames.TitleSecond.Length;
        var titles = random.Permutation((count + pairs - 1) / pairs * pairs);
        var (books, aspects) = (new SampleBook[count], new int[count][][]);
        for (int book = 0; book < count; book++)
        {
            var (author, homeGenre, homeStyle) = authors[Skewed(authors.Length, random)];
            aspects[book] = Draw(homeGenre, homeStyle, typical, random);
            books[book] = new SampleBook(
                "b" + (book + 1).ToString("D3", CultureInfo.InvariantCulture), Title(titles[book]), author,
                SampleAspects.Families[SampleAspects.Genre].Aspects[aspects[book][SampleAspects.Genre][0]].Key,
                1950 + random.Below(75), 7.99m + random.Below(23), SampleTexts.Book(aspects[book], textRandom));
        }
        return new SampleShelf { Books = books, Aspects = aspects };
    }

    private static int[][] Draw(int homeGenre, int homeStyle, int[][] typical, SampleRandom random)
    {
        var families = SampleAspects.Families;
        var chosen = new int[families.Length][];
        int genre = random.Chance(KeepsGenre) ? homeGenre : random.Below(families[SampleAspects.Genre].Aspects.Length);
        for (int family = 0; family < families.Length; family++)
        {
            int count = families[family].Aspects.Length;
            int first = family == SampleAspects.Genre ? genre
                : family == SampleAspects.Style && random.Chance(KeepsStyle) ? homeStyle
                : random.Chance(TypicalOfGenre) ? typical[genre][family] : random.Below(count);
            chosen[family] = families[family].PerBook == 1 ? [first] : [first, (first + 1 + random.Below(count - 1)) % count];
        }
        return chosen;
    }

    private static (string Name, int Genre, int Style)[] Authors(int count, SampleRandom random)
    {
        var authors = new (string, int, int)[count];
        int names = SampleNames.FirstNames.Length * SampleNames.LastNames.Length;
        var order = random.Permutation(names);
        for (int author = 0; author < count; author++)
        {
            int name = order[author % names];
            string initial = author < names ? "" : $" {(char)('A' + author / names)}.";
            authors[author] = ($"{SampleNames.FirstNames[name % SampleNames.FirstNames.Length]}{initial} {SampleNames.LastNames[name / SampleNames.FirstNames.Length]}",
                random.Below(SampleAspects.Families[SampleAspects.Genre].Aspects.Length), random.Below(SampleAspects.Families[SampleAspects.Style].Aspects.Length));
        }
        return authors;
    }

    /// <summary>A few authors write much: the square of a uniform number leans to the first ones.</summary>
    private static int Skewed(int count, SampleRandom random)
    {
        double unit = random.Unit();
        return (int)(unit * unit * count);
    }

    private static string Title(int number)
    {
        int first = SampleNames.TitleFirst.Length, pairs = first * SampleNames.TitleSecond.Length;
        string title = $"The {SampleNames.TitleFirst[number % first]} {SampleNames.TitleSecond[number / first % SampleNames.TitleSecond.Length]}";
        return number < pairs ? title : $"{title} of {SampleNames.TitlePlace[number / pairs - 1]}";
    }
}
