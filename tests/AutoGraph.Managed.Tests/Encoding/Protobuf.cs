using System.Buffers.Binary;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>Writes protocol buffer messages field by field.</summary>
internal sealed class Protobuf
{
    private readonly List<byte> _bytes = [];

    public static implicit operator byte[](Protobuf message) => [.. message._bytes];

    public Protobuf Int(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public Protobuf Float(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public Protobuf Text(int field, string value) => Bytes(field, System.Text.Encoding.UTF8.GetBytes(value));

    public Protobuf Bytes(int field, byte[] value)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
