using System.IO.Compression;
using System.Text;
using Xunit;

namespace AutoGraph.Torch.Tests.Persistence;

/// <summary>The entries of a model file, to change and to write again as ML.NET would: without a checksum of the whole.</summary>
internal sealed class StoredModel
{
    private readonly Dictionary<string, byte[]> _entries = [];

    private StoredModel() { }

    internal static StoredModel Open(string path)
    {
        var model = new StoredModel();
        using var archive = ZipFile.OpenRead(path);
        foreach (var entry in archive.Entries)
        {
            using var content = entry.Open();
            using var memory = new MemoryStream();
            content.CopyTo(memory);
            model._entries.Add(entry.FullName, memory.ToArray());
        }
        return model;
    }

    /// <summary>Names of the entries that AutoGraph wrote, not ML.NET.</summary>
    internal string[] Own => [.. _entries.Keys.Where(name => !name.EndsWith("Model.key", StringComparison.Ordinal) && name.StartsWith("TransformerChain", StringComparison.Ordinal))];

    /// <summary>Where the stored bytes of entries of AutoGraph lie in a file, their headers left out.</summary>
    internal static (int Start, int Length)[] BytesOfOwn(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        var own = Open(path).Own.ToHashSet();
        using var archive = ZipFile.OpenRead(path);
        var places = new List<(int, int)>();
        int start = 0;
        foreach (var entry in archive.Entries)      // they follow each other: header of 30 bytes, name, extra field, content, and for streams a descriptor
        {
            Assert.Equal("PK\x03\x04", Encoding.Latin1.GetString(file, start, 4));
            int name = BitConverter.ToUInt16(file, start + 26), extra = BitConverter.ToUInt16(file, start + 28);
            int content = start + 30 + name + extra;
            if (own.Contains(entry.FullName)) places.Add((content, checked((int)entry.CompressedLength)));
            start = content + (int)entry.CompressedLength;
            while (Encoding.Latin1.GetString(file, start, 4) is not ("PK\x03\x04" or "PK\x01\x02")) start++;
        }
        return [.. places];
    }

    internal byte[] this[string entry]
    {
        get => _entries[entry];
        set => _entries[entry] = value;
    }

    internal void Remove(string entry) => _entries.Remove(entry);

    /// <summary>The format that its first transformer names.</summary>
    internal int Format()
    {
        var entry = _entries.First(entry => entry.Key.EndsWith(ModelFormat.EntryName, StringComparison.Ordinal));
        return SealedEntry.Read(new MemoryStream(entry.Value), PlaceOf(entry.Key), stream => new BinaryReader(stream).ReadInt32());
    }

    /// <summary>Lets every transformer name another format, as if another version had written it.</summary>
    internal void SetFormat(int format, string version)
    {
        foreach (string name in Own.Where(name => name.EndsWith(ModelFormat.EntryName, StringComparison.Ordinal)))
        {
            using var memory = new MemoryStream();
            SealedEntry.Write(memory, PlaceOf(name), stream =>
            {
                using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
                writer.Write(format);
                writer.Write(version);
            });
            _entries[name] = memory.ToArray();
        }
    }

    internal void Write(string path)
    {
        File.Delete(path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in _entries)
        {
            using var target = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
            target.Write(content);
        }
    }

    // the kinds of transformers lie beside their entries, in ML.NET's own header
    private string PlaceOf(string entry)
    {
        string folder = entry[..entry.LastIndexOfAny(['/', '\\'])];
        string header = Encoding.Unicode.GetString(_entries[$"{folder}{entry[folder.Length]}Model.key"]) + Encoding.Latin1.GetString(_entries[$"{folder}{entry[folder.Length]}Model.key"]);
        string kind = ((string[])[SemanticVectorTransformer.KindName, ResidualQuantizerTransformer.KindName, MetapathGraphTransformer.KindName, GraphEnhancedRecommenderTransformer.KindName])
            .Single(kind => header.Contains(kind, StringComparison.Ordinal));
        return $"{folder.Replace('\\', '/')}:{kind}/{ModelFormat.EntryName}";
    }
}
