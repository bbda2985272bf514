using System.Text.Json;

namespace AutoGraph.Core.Persistence;

/// <summary>What a header says of one entry.</summary>
internal sealed record SafetensorsEntry(string Name, string Type, int[] Shape, int Length, long Begin);

/// <summary>A checked header: every entry fits its byte range, and the ranges follow each other without gap or overlap.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, long ValueBytes, string? Checksum)
{
    internal static SafetensorsHeader Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            return Parse(document.RootElement);
        }
        // InvalidOperationException: text that is not valid UTF-8 or holds half a surrogate pair
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"Expected a JSON header, found text that cannot be parsed ({e.Message}): not a safetensors file, or a damaged one.", e);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"Expected a JSON object as header, found {root.ValueKind}: not a safetensors file.");
        string? checksum = null;
        var entries = new List<SafetensorsEntry>();
        foreach (var property in root.EnumerateObject())
            if (property.NameEquals(SafetensorsFormat.Metadata)) checksum = ChecksumIn(property.Value);
            else entries.Add(Entry(property.Name, property.Value));
        return new SafetensorsHeader(entries, CheckRanges(entries), checksum);
    }

    private static string? ChecksumIn(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"Expected an object in '{SafetensorsFormat.Metadata}', found {metadata.ValueKind}.");
        if (!metadata.TryGetProperty(SafetensorsFormat.Checksum, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw new InvalidDataException($"Expected text in '{SafetensorsFormat.Checksum}', found {value.ValueKind}.");
    }

    private static SafetensorsEntry Entry(string name, JsonElement value)
    {
        if (name.Length == 0) throw new InvalidDataException("Expected a name for every array, found an empty one.");
        if (value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"Expected an object describing array '{name}', found {value.ValueKind}.");
        string? type = value.TryGetProperty("dtype", out var dtype) && dtype.ValueKind == JsonValueKind.String ? dtype.GetString() : null;
        if (type is not ("F32" or "I32"))
            throw new InvalidDataException($"Expected 'dtype' F32 or I32 for array '{name}', found {type ?? "none"}.");
        int[] shape = Array.ConvertAll(Numbers(name, value, "shape", int.MaxValue), size => (int)size);
        long[] range = Numbers(name, value, "data_offsets", long.MaxValue);
        if (range.Length != 2 || range[0] > range[1])
            throw new InvalidDataException($"Expected 'data_offsets' [begin, end] for array '{name}', found [{string.Join(", ", range)}].");
        int length = Product(name, shape);
        if ((long)length * SafetensorsFormat.ElementSize != range[1] - range[0])
            throw new InvalidDataException($"Expected {(long)length * SafetensorsFormat.ElementSize:N0} bytes for array '{name}' of shape [{string.Join(", ", shape)}], found a range of {range[1] - range[0]:N0}.");
        return new SafetensorsEntry(name, type, shape, length, range[0]);
    }

    private static long[] Numbers(string name, JsonElement entry, string key, long max)
    {
        if (!entry.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"Expected a list '{key}' for array '{name}', found {(list.ValueKind == JsonValueKind.Undefined ? "none" : list.ValueKind)}.");
        var numbers = new long[list.GetArrayLength()];
        int i = 0;
        foreach (var element in list.EnumerateArray())
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out numbers[i]) || numbers[i] < 0 || numbers[i++] > max)
                throw new InvalidDataException($"Expected whole numbers from 0 to {max} in '{key}' of array '{name}', found {element.GetRawText()}.");
        return numbers;
    }

    private static int Product(string name, int[] shape)
    {
        if (shape.Contains(0)) return 0;
        long product = 1;
        foreach (int size in shape)
            if ((product *= size) > Array.MaxLength)
                throw new InvalidDataException($"Expected at most {Array.MaxLength:N0} values in array '{name}', found shape [{string.Join(", ", shape)}].");
        return (int)product;
    }

    private static long CheckRanges(List<SafetensorsEntry> entries)
    {
        long end = 0;
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.Length))
        {
            if (entry.Begin != end)
                throw new InvalidDataException($"Expected the values of array '{entry.Name}' to begin at byte {end:N0}, found {entry.Begin:N0}: {(entry.Begin < end ? "it overlaps the array before it" : "there is a gap before it")}.");
            end += (long)entry.Length * SafetensorsFormat.ElementSize;
        }
        return end;
    }
}
