using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>What the paper reports in its tables 2, 4, 5 and 6 for the data sets that are here as well.</summary>
/// <param name="Ndcg">NDCG@10.</param>
/// <param name="HitRate">HR@10.</param>
/// <param name="Mrr">MRR.</param>
/// <param name="Gauc">GAUC.</param>
internal sealed record PaperFigures(double Ndcg, double HitRate, double Mrr, double Gauc)
{
    private static readonly Dictionary<(string Table, string Dataset, string Backbone, string Method), PaperFigures> All = Read();

    /// <summary>The figures of a row, or null where the paper has none.</summary>
    public static PaperFigures? Find(string table, string dataset, string backbone, string method) => All.GetValueOrDefault((table, dataset, backbone, method));

    private static Dictionary<(string, string, string, string), PaperFigures> Read()
    {
        using var stream = typeof(PaperFigures).Assembly.GetManifestResourceStream("PaperFigures.tsv")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t')).ToDictionary(
            row => (row[0], row[1], row[2], row[3]), row => new PaperFigures(Number(row[4]), Number(row[5]), Number(row[6]), Number(row[7])));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
