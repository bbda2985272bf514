using System.Text.RegularExpressions;

namespace AutoGraph.TestKit;

/// <summary>A Markdown page of this repository.</summary>
/// <param name="Path">Its full path.</param>
public sealed partial record MarkdownPage(string Path)
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", ".git", "TestResults", "node_modules"];

    /// <summary>All pages, folders of build results left out.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } = [.. Find(Repository.Root).Order(StringComparer.Ordinal).Select(path => new MarkdownPage(path))];

    /// <summary>The page at a path within the repository.</summary>
    public static MarkdownPage At(string relativePath) => new(System.IO.Path.Combine(Repository.Root, relativePath));

    /// <summary>Its path within the repository, with slashes.</summary>
    public string Name => System.IO.Path.GetRelativePath(Repository.Root, Path).Replace('\\', '/');

    /// <summary>The lines outside code blocks, with their numbers from 1.</summary>
    public IReadOnlyList<(int Number, string Text)> Prose
    {
        get
        {
            var (prose, within) = (new List<(int, string)>(), false);
            foreach (var (index, line) in File.ReadLines(Path).Index())
            {
                bool fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
                if (!fence && !within && !line.StartsWith("    ", StringComparison.Ordinal)) prose.Add((index + 1, line));
                within ^= fence;
            }
            return prose;
        }
    }

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var (anchors, times) = (new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
            foreach (var (_, line) in Prose)
            {
                if (Heading().Match(line) is not { Success: true } heading) continue;
                string text = Link().Replace(heading.Groups["text"].Value, link => link.Groups["text"].Value);
                string anchor = string.Concat(text.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
                anchors.Add(times.TryGetValue(anchor, out int before) ? $"{anchor}-{before}" : anchor);
                times[anchor] = before + 1;
            }
            return anchors;
        }
    }

    /// <summary>The targets of its links and pictures, with their lines.</summary>
    public IEnumerable<(int Line, string Target)> Links =>
        Prose.SelectMany(line => Link().Matches(Code().Replace(line.Text, "")).Select(link => (line.Number, link.Groups["target"].Value)));

    /// <summary>What stands between backticks outside code blocks, with its line.</summary>
    public IEnumerable<(int Line, string Code)> CodeSpans => Prose.SelectMany(line => Code().Matches(line.Text).Select(code => (line.Number, code.Groups["code"].Value)));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<string> Find(string folder) => Directory.EnumerateFiles(folder, "*.md")
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => !NotOurs.Contains(System.IO.Path.GetFileName(inner))).SelectMany(Find));

    [GeneratedRegex("^#{1,6} (?<text>.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"!?\[(?<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?<ticks>`+)(?<code>.+?)\\k<ticks>")]
    private static partial Regex Code();
}
