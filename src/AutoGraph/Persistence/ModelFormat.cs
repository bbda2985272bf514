using System.Reflection;

namespace AutoGraph;

/// <summary>The version of what our transformers write into a model file, stored with each of them.</summary>
/// <remarks>
/// A change of any entry raises <see cref="Current"/>, and the loaders go on reading every version from <see cref="Oldest"/> by
/// <see cref="PartReader.Format"/>; tests/AutoGraph.Torch.Tests/Versions holds a file of each released one. This entry itself never changes, so that
/// any version can say which newer one wrote a file.
/// </remarks>
internal static class ModelFormat
{
    internal const int Current = 2, Oldest = 1;
    internal const string EntryName = "Format";

    /// <summary>The version of the package.</summary>
    internal static string Package { get; } = typeof(ModelFormat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    internal static void Write(PartWriter part) => part.State(EntryName, writer =>
    {
        writer.Write(Current);
        writer.Write(Package);
    });

    /// <summary>Reads and checks the version.</summary>
    /// <exception cref="NotSupportedException">A newer version wrote it, or one that is no longer read.</exception>
    internal static int Read(PartReader part)
    {
        var (format, writer) = part.State(EntryName, reader => (reader.ReadInt32(), reader.ReadString()));
        if (format > Current)
            throw new NotSupportedException($"AutoGraph {writer} wrote this model, in format {format}; AutoGraph {Package} reads formats {Oldest} to {Current}. Update the package AutoGraph to {writer} or newer.");
        if (format < Oldest)
            throw new NotSupportedException($"AutoGraph {writer} wrote this model, in format {format}; AutoGraph {Package} reads formats {Oldest} to {Current}. Load and save it with a version in between, or fit it anew.");
        return format;
    }
}
