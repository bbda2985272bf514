using System.Text;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Experiments;

/// <summary>Writes a report beside its results: name.md, name.html and name.jsonl.</summary>
internal static class ReportFiles
{
    public static void Write(Report report, DirectoryInfo folder)
    {
        folder.Create();
        Write("md", MarkdownReport.Write(report));
        Write("html", HtmlReport.Write(report));
        Write("jsonl", string.Concat(report.Lines.Select(line => line + "\n")));

        void Write(string ending, string text) =>
            AtomicFile.Write(Path.Combine(folder.FullName, $"{report.Name}.{ending}"), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }
}
