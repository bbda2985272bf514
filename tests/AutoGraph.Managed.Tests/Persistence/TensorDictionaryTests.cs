using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Persistence;

public sealed class TensorDictionaryTests
{
    internal static TensorDictionary Example()
    {
        var tensors = new TensorDictionary();
        tensors.Add("weights", [1f, -2.5f, float.NaN, float.PositiveInfinity, -0f, 6f], 2, 3);
        tensors.Add("codes \"ä\"", [int.MinValue, 0, 7], 3);
        tensors.Add("empty", Array.Empty<float>(), 0, 5);
        tensors.Add("scalar", [42]);
        return tensors;
    }

    internal static byte[] Bytes(TensorDictionary tensors)
    {
        using var stream = new MemoryStream();
        tensors.Write(stream);
        return stream.ToArray();
    }

    internal static TensorDictionary Read(byte[] bytes, bool seekable = true, bool requireChecksum = true)
    {
        using var stream = new MemoryStream(bytes);
        return TensorDictionary.Read(seekable ? stream : new ForwardOnlyStream(stream, mostAtOnce: 3), requireChecksum);
    }

    internal static void AssertSame(TensorDictionary expected, TensorDictionary actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        foreach (string name in expected.Names)
        {
            Assert.Equal(expected.ShapeOf(name), actual.ShapeOf(name));
            Assert.Equal(Bits(expected, name).Type, Bits(actual, name).Type);
            Assert.Equal(Bits(expected, name).Bits, Bits(actual, name).Bits);
        }
    }

    // Floats bit by bit, so that NaN and -0 count; with the type, since floats and whole numbers may have the same bits.
    private static (Type Type, int[] Bits) Bits(TensorDictionary tensors, string name)
    {
        try { return (typeof(int), tensors.Ints(name)); }
        catch (InvalidDataException) { return (typeof(float), Array.ConvertAll(tensors.Floats(name), BitConverter.SingleToInt32Bits)); }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Read_WhatWriteWrote_IsIdentical(bool seekable) =>
        AssertSame(Example(), Read(Bytes(Example()), seekable));

    [Fact]
    public void Write_ToForwardOnlyStream_WritesTheSameBytes()
    {
        using var stream = new MemoryStream();
        Example().Write(new ForwardOnlyStream(stream));
        Assert.Equal(Bytes(Example()), stream.ToArray());
    }

    [Fact]
    public void Write_NoEntries_ReadsBackEmpty() => Assert.Empty(Read(Bytes(new TensorDictionary())).Names);

    [Fact]
    public void Write_TwoEntries_FollowsTheFormat()
    {
        var tensors = new TensorDictionary();
        tensors.Add("a", [1f, 2f], 2);
        tensors.Add("b", [3], 1, 1);
        var bytes = Bytes(tensors);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        string header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.Equal(0, length % 8);
        Assert.StartsWith("{\"__metadata__\":{\"autograph.sha256\":\"", header, StringComparison.Ordinal);
        Assert.EndsWith("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"I32\",\"shape\":[1,1],\"data_offsets\":[8,12]}}", header.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 3, 0, 0, 0], bytes[(8 + length)..]);
    }

    /// <summary>Length and bytes of name and type, number of sizes and sizes, of each entry; then all values: computed here anew.</summary>
    [Fact]
    public void Write_TwoEntries_HasTheChecksumOfTheFormat()
    {
        var tensors = new TensorDictionary();
        tensors.Add("a", [1f, 2f], 2);
        tensors.Add("bé", [3], 1, 1);
        byte[] hashed = [
            1, 0, 0, 0, (byte)'a', 3, 0, 0, 0, .. "F32"u8, 1, 0, 0, 0, 2, 0, 0, 0,
            3, 0, 0, 0, .. "bé"u8, 3, 0, 0, 0, .. "I32"u8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
            0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 3, 0, 0, 0];
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(hashed)), Encoding.UTF8.GetString(Bytes(tensors)), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NamesOfMoreThanAHeaderHolds_SaysWhatToDo()
    {
        var tensors = new TensorDictionary();
        tensors.Add(new string('a', 16 << 20), [1f]);
        Assert.Contains("Store fewer, larger arrays", Assert.Throws<InvalidOperationException>(() => Bytes(tensors)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Part_OfWhatAddAllAdded_IsTheOther()
    {
        var whole = new TensorDictionary();
        whole.Add("own", [1]);
        whole.AddAll(Example(), "users/");
        Assert.Equal(["own", .. Example().Names.Select(name => "users/" + name)], whole.Names);
        AssertSame(Example(), whole.Part("users/"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Read_ArraysLargerThanOneChunk_IsIdentical(bool seekable)
    {
        // Above one chunk of a million values and, for streams of unknown length, above the first allocation of four million.
        var tensors = new TensorDictionary();
        tensors.Add("small", [1], 1);
        tensors.Add("large", Enumerable.Range(0, 5_000_003).ToArray(), 5_000_003);
        using var stream = new MemoryStream(Bytes(tensors));
        AssertSame(tensors, TensorDictionary.Read(seekable ? stream : new ForwardOnlyStream(stream, 1_000_001)));
    }

    [Fact]
    public void Read_AnyArrays_IsIdentical() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Bool, Gen.Int).List[0, 6].Sample(entries =>
        {
            var tensors = new TensorDictionary();
            for (int i = 0; i < entries.Count; i++)
            {
                var (rows, columns, floats, bits) = entries[i];
                var values = Enumerable.Range(0, rows * columns).Select(k => unchecked(bits * (k + 1))).ToArray();
                if (floats) tensors.Add($"e{i}", Array.ConvertAll(values, BitConverter.Int32BitsToSingle), rows, columns);
                else tensors.Add($"e{i}", values, rows, columns);
            }
            AssertSame(tensors, Read(Bytes(tensors), seekable: entries.Count % 2 == 0));
        }, iter: 200);

    [Fact]
    public void Add_ShapeThatDoesNotFit_Throws()
    {
        var tensors = new TensorDictionary();
        Assert.Throws<ArgumentException>(() => tensors.Add("a", [1f, 2f], 3));
        Assert.Throws<ArgumentException>(() => tensors.Add("a", [1f, 2f], -1, -2));
        Assert.Throws<ArgumentException>(() => tensors.Add("__metadata__", [1f], 1));
        Assert.Throws<ArgumentException>(() => tensors.Add("", [1f], 1));
        tensors.Add("a", [1f], 1);
        Assert.Contains("'a' twice", Assert.Throws<ArgumentException>(() => tensors.Add("a", [1f], 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Floats_MissingOrOtherTypeOrShape_SaysWhich()
    {
        var tensors = Example();
        Assert.Contains("'nothing'", Assert.Throws<InvalidDataException>(() => tensors.Floats("nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("Int32", Assert.Throws<InvalidDataException>(() => tensors.Floats("scalar")).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", Assert.Throws<InvalidDataException>(() => tensors.Floats("weights", -1, 4)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => tensors.Floats("weights", 0, 3));
        Assert.Equal(6, tensors.Floats("weights", -1, 3).Length);
    }
}
