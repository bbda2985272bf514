namespace AutoGraph.Core.Persistence;

/// <summary>Named arrays with shapes, stored in the safetensors format (little-endian; F32 and I32).</summary>
/// <remarks>Not safe for concurrent writes. https://github.com/huggingface/safetensors#format</remarks>
public sealed class TensorDictionary
{
    private readonly Dictionary<string, (Array Values, int[] Shape)> _entries = new(StringComparer.Ordinal);

    /// <summary>Names in the order added.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether an array of that name is there.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Adds an array, which is kept and not copied; the product of <paramref name="shape"/> is its length, an empty shape means one value.</summary>
    /// <exception cref="ArgumentException">The shape does not fit, or the name is empty, reserved (<c>__metadata__</c>) or taken.</exception>
    public void Add(string name, float[] values, params int[] shape) => AddEntry(name, values, shape);

    /// <inheritdoc cref="Add(string, float[], int[])"/>
    public void Add(string name, int[] values, params int[] shape) => AddEntry(name, values, shape);

    /// <summary>Gets floats; throws <see cref="InvalidDataException"/> naming the entry where it is missing, of another type or of another shape (-1 accepts any size).</summary>
    public float[] Floats(string name, params int[] expectedShape) => Get<float>(name, expectedShape);

    /// <inheritdoc cref="Floats"/>
    public int[] Ints(string name, params int[] expectedShape) => Get<int>(name, expectedShape);

    /// <summary>The shape of an entry.</summary>
    public IReadOnlyList<int> ShapeOf(string name) => _entries.TryGetValue(name, out var entry)
        ? entry.Shape
        : throw new InvalidDataException($"Expected an array '{name}', found none.");

    /// <summary>Adds all entries of another dictionary, a prefix before their names.</summary>
    internal void AddAll(TensorDictionary other, string prefix)
    {
        foreach (var (name, entry) in other._entries) _entries.Add(prefix + name, entry);
    }

    /// <summary>The entries whose names begin with a prefix, under the rest of their names.</summary>
    internal TensorDictionary Part(string prefix)
    {
        var part = new TensorDictionary();
        foreach (var (name, entry) in _entries)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) part._entries.Add(name[prefix.Length..], entry);
        return part;
    }

    /// <summary>Writes all entries with a checksum over names, shapes and values.</summary>
    /// <remarks>The stream need not be seekable and stays open. Use <see cref="AtomicFile"/> for files.</remarks>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafetensorsWriter.Write(stream, _entries.Select(e => (e.Key, e.Value.Values, e.Value.Shape)).ToArray());
    }

    /// <summary>Reads and checks a whole file up to the end of the stream, which need not be seekable.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="requireChecksum">False reads files of other programs too: they carry no checksum, so damage to their values goes unnoticed.</param>
    /// <exception cref="InvalidDataException">
    /// The file is no safetensors file, truncated, longer than its header says, damaged, or holds another type than F32 and I32;
    /// the message names the entry and what is wrong.
    /// </exception>
    public static TensorDictionary Read(Stream stream, bool requireChecksum = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var read = new TensorDictionary();
        foreach (var (name, values, shape) in SafetensorsReader.Read(stream, requireChecksum)) read.AddEntry(name, values, shape);
        return read;
    }

    private void AddEntry(string name, Array values, int[] shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        if (name == SafetensorsFormat.Metadata)
            throw new ArgumentException($"Expected another name than '{name}', which the format keeps for itself.", nameof(name));
        if (_entries.ContainsKey(name))
            throw new ArgumentException($"Expected distinct names, found '{name}' twice.", nameof(name));
        if (shape.Any(size => size < 0))
            throw new ArgumentException($"Expected sizes of at least 0 in '{name}', found [{string.Join(", ", shape)}].", nameof(shape));
        if (shape.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw new ArgumentException($"Expected {string.Join(" × ", shape)} values in '{name}', found {values.Length}.", nameof(values));
        _entries.Add(name, (values, shape));
    }

    private T[] Get<T>(string name, int[] expectedShape)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new InvalidDataException($"Expected an array '{name}', found none.");
        if (entry.Values is not T[] values) throw new InvalidDataException($"Expected '{name}' to hold {typeof(T).Name}, found {entry.Values.GetType().GetElementType()!.Name}.");
        if (expectedShape.Length > 0 && (expectedShape.Length != entry.Shape.Length || expectedShape.Zip(entry.Shape).Any(p => p.First >= 0 && p.First != p.Second)))
            throw new InvalidDataException($"Expected '{name}' of shape [{string.Join(", ", expectedShape)}], found [{string.Join(", ", entry.Shape)}].");
        return values;
    }
}
