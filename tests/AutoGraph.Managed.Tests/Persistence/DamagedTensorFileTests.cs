using System.Buffers.Binary;
using System.Text;
using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Persistence;

/// <summary>Whatever happens to a file: an InvalidDataException or an identical result, nothing else.</summary>
public sealed class DamagedTensorFileTests
{
    private static byte[] File(string header, int valueBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + valueBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    private static void IdenticalOrInvalid(byte[] damaged, bool seekable)
    {
        TensorDictionary read;
        try { read = TensorDictionaryTests.Read(damaged, seekable); }
        catch (InvalidDataException) { return; }
        TensorDictionaryTests.AssertSame(TensorDictionaryTests.Example(), read);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "F16")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype'")]
    [InlineData("""{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype'")]
    [InlineData("""{"a":{"dtype":"F32","shape":3,"data_offsets":[0,4]}}""", 4, "a list 'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483647],"data_offsets":[0,4]}}""", 4, "at most 2,147,483,591 values")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2147483591],"data_offsets":[0,4]}}""", 4, "Expected 8,589,934,364 bytes")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "'data_offsets'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "-1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "1.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "\"1\"")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999,99999,99999],"data_offsets":[0,4]}}""", 4, "at most")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "[begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "[begin, end]")]
    [InlineData("""{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlaps")]
    [InlineData("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "truncated")]
    [InlineData("""{"a":7}""", 0, "'a'")]
    [InlineData("""{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "empty")]
    [InlineData("""{"__metadata__":3}""", 0, "__metadata__")]
    [InlineData("""{"__metadata__":{"autograph.sha256":3}}""", 0, "autograph.sha256")]
    [InlineData("""{"__metadata__":{"autograph.sha256":"00"}}""", 0, "checksum")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "JSON")]
    [InlineData("[]", 0, "object")]
    [InlineData("{", 0, "header")]
    [InlineData("{}", 1, "0 bytes")]
    public void Read_WrongHeader_SaysWhatIsWrong(string header, int valueBytes, string named)
    {
        foreach (bool seekable in new[] { true, false })
            Assert.Contains(named, Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(File(header, valueBytes), seekable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TruncatedValuesOfUnknownLength_NamesTheArray() =>
        Assert.Contains("'a'", Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(
            File("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7), seekable: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_ForeignFileInAnotherOrder_GivesEachItsValues()
    {
        var bytes = File("""{"b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", 8);
        (bytes[^8], bytes[^4]) = (1, 2);
        Assert.Contains("another program", Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes)).Message, StringComparison.Ordinal);
        var read = TensorDictionaryTests.Read(bytes, requireChecksum: false);
        Assert.Equal(["b", "a"], read.Names);
        Assert.Equal(1, read.Ints("a")[0]);
        Assert.Equal(2, read.Ints("b")[0]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Read_EveryTruncation_Throws(bool seekable)
    {
        var bytes = TensorDictionaryTests.Bytes(TensorDictionaryTests.Example());
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes[..length], seekable));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Read_Truncated_SaysWhatIsMissing(bool seekable)
    {
        var bytes = TensorDictionaryTests.Bytes(TensorDictionaryTests.Example());
        Assert.Contains("found 3 bytes in the whole file", Message(3), StringComparison.Ordinal);
        Assert.Contains("Expected a header of ", Message(20), StringComparison.Ordinal);
        Assert.Contains("found 12: the file is truncated", Message(20), StringComparison.Ordinal);
        Assert.Contains("the file is truncated", Message(bytes.Length - 1), StringComparison.Ordinal);

        string Message(int length) => Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes[..length], seekable)).Message;
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Read_TrailingBytes_Throws(bool seekable) => Assert.Contains("something was appended to it", Assert.Throws<InvalidDataException>(() =>
        TensorDictionaryTests.Read([.. TensorDictionaryTests.Bytes(TensorDictionaryTests.Example()), 0], seekable)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_EverySingleBitFlip_IsIdenticalOrInvalid()
    {
        var bytes = TensorDictionaryTests.Bytes(TensorDictionaryTests.Example());
        for (int at = 0; at < bytes.Length; at++)
            for (int bit = 0; bit < 8; bit++)
            {
                bytes[at] ^= (byte)(1 << bit);
                IdenticalOrInvalid(bytes, seekable: bit % 2 == 0);
                bytes[at] ^= (byte)(1 << bit);
            }
    }

    [Fact]
    public void Read_SeededByteChanges_IsIdenticalOrInvalid()
    {
        var whole = TensorDictionaryTests.Bytes(TensorDictionaryTests.Example());
        var random = new Random(20260731);
        for (int round = 0; round < 5000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (int change = random.Next(1, 4); change > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            IdenticalOrInvalid(random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes, seekable: round % 2 == 0);
        }
    }

    [Fact]
    public void Read_EveryValueByteChanged_IsFound()
    {
        var bytes = TensorDictionaryTests.Bytes(TensorDictionaryTests.Example());
        int values = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        for (int at = values; at < bytes.Length; at++)
        {
            bytes[at] ^= 0x10;
            Assert.Contains("checksum", Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes)).Message, StringComparison.Ordinal);
            bytes[at] ^= 0x10;
        }
    }

    [Fact]
    public void Read_HeaderThatPromisesGigabytes_AllocatesLittle()
    {
        // 2,000,000,000 floats promised, none there, from a stream that cannot tell its length.
        var bytes = File("""{"a":{"dtype":"F32","shape":[2000000000],"data_offsets":[0,8000000000]}}""", 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes, seekable: false));
        Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes, seekable: true));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 15 << 20);
        Assert.Throws<InvalidDataException>(() => TensorDictionaryTests.Read(bytes, seekable: false));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40 << 20);
    }

    [Fact]
    public void Read_ForeignFile_Throws()
    {
        using var zip = new ForwardOnlyStream(new MemoryStream(Encoding.ASCII.GetBytes("PK\u0003\u0004 this is a zip archive, or pretends to be one")));
        Assert.Contains("not a safetensors file", Assert.Throws<InvalidDataException>(() => TensorDictionary.Read(zip)).Message, StringComparison.Ordinal);
    }
}
