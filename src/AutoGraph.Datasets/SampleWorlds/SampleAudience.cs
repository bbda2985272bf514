using System.Globalization;

namespace AutoGraph.Datasets;

/// <summary>The simulated readers and their planted tastes.</summary>
internal sealed class SampleAudience
{
    /// <summary>Circles of taste: the shared part of what readers like.</summary>
    private const int Circles = 12;

    private const double MainCircle = 0.6, SecondCircle = 0.3, Own = 0.5, Dislike = -0.7, TypicalAge = 0.3;

    public required SampleReader[] Readers { get; init; }

    /// <summary>[reader][aspect]</summary>
    public required double[][] Tastes { get; init; }

    /// <summary>Creates readers, each a mixture of two circles of taste and of likings of its own.</summary>
    public static SampleAudience Create(int count, SampleRandom random, SampleRandom textRandom)
    {
        var circles = new double[Circles][];
        for (int circle = 0; circle < Circles; circle++) circles[circle] = Circle(random);
        var typicalAge = Enumerable.Range(0, Circles).Select(_ => random.Below(SampleNames.AgeGroups.Length)).ToArray();

        var (readers, tastes) = (new SampleReader[count], new double[count][]);
        for (int reader = 0; reader < count; reader++)
        {
            int main = random.Below(Circles), second = (main + 1 + random.Below(Circles - 1)) % Circles;
            var taste = tastes[reader] = new double[SampleAspects.Count];
            for (int aspect = 0; aspect < taste.Length; aspect++)
                taste[aspect] = MainCircle * circles[main][aspect] + SecondCircle * circles[second][aspect];
            for (int family = 0; family < SampleAspects.Families.Length; family++)
                taste[SampleAspects.Offsets[family] + random.Below(SampleAspects.Families[family].Aspects.Length)] += Own;
            readers[reader] = new SampleReader(
                "r" + (reader + 1).ToString("D3", CultureInfo.InvariantCulture),
                SampleNames.AgeGroups[random.Chance(TypicalAge) ? typicalAge[main] : random.Below(SampleNames.AgeGroups.Length)],
                random.Pick(SampleNames.Countries), random.Pick(SampleNames.Occupations), SampleTexts.Reader(taste, textRandom));
        }
        return new SampleAudience { Readers = readers, Tastes = tastes };
    }

    /// <summary>A circle likes a quarter of each family's aspects (+1) and dislikes a fifth (-0.7), at least one each.</summary>
    private static double[] Circle(SampleRandom random)
    {
        var taste = new double[SampleAspects.Count];
        for (int family = 0; family < SampleAspects.Families.Length; family++)
        {
            int count = SampleAspects.Families[family].Aspects.Length, liked = Math.Max(1, count / 4), disliked = Math.Max(1, count / 5);
            var order = random.Permutation(count);
            for (int i = 0; i < liked + disliked; i++)
                taste[SampleAspects.Offsets[family] + order[i]] = i < liked ? 1 : Dislike;
        }
        return taste;
    }
}
