namespace AutoGraph.Onnx;

/// <summary>A SentencePiece file in a form that Microsoft's reader takes.</summary>
/// <param name="Bytes">The file; where a Unigram model has no token for begin or end (T5 has no &lt;s&gt;), with an id in its place.</param>
/// <param name="HasBegin">Whether the model has a token that begins texts.</param>
/// <param name="HasEnd">Whether it has one that ends them.</param>
internal sealed record SentencePieceFile(byte[] Bytes, bool HasBegin, bool HasEnd)
{
    // sentencepiece_model.proto: ModelProto 2 trainer_spec; TrainerSpec 3 model_type (1: Unigram), 40 unk_id, 41 bos_id, 42 eos_id, with these defaults.
    private const int Trainer = 2, ModelType = 3, UnknownId = 40, BeginId = 41, EndId = 42, Unigram = 1;

    public static SentencePieceFile Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        int type = Unigram, unknown = 0, begin = 1, end = 2;
        for (var model = new Fields(bytes); model.Next();)
            if (model.Number == Trainer)
                for (var trainer = new Fields(model.Content); trainer.Next();)
                    switch (trainer.Number)
                    {
                        case ModelType: type = (int)trainer.Value; break;
                        case UnknownId: unknown = (int)trainer.Value; break;
                        case BeginId: begin = (int)trainer.Value; break;
                        case EndId: end = (int)trainer.Value; break;
                    }
        // The reader (2.0.1) takes id −1 of a Unigram model, "none", for a place in an array. A second trainer_spec amends the first;
        // the id of <unk> does no harm, because it takes that place last.
        if (type != Unigram || (begin >= 0 && end >= 0)) return new(bytes, begin >= 0, end >= 0);
        List<byte> amended = [];
        if (begin < 0) amended.AddRange([.. Varint(BeginId << 3), .. Varint((uint)unknown)]);
        if (end < 0) amended.AddRange([.. Varint(EndId << 3), .. Varint((uint)unknown)]);
        return new([.. bytes, (Trainer << 3) | 2, .. Varint((uint)amended.Count), .. amended], begin >= 0, end >= 0);
    }

    private static List<byte> Varint(uint value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }

    /// <summary>Fields of a protocol buffer message, one after the other.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        public int Number { get; private set; }

        /// <summary>Of a field with a whole number.</summary>
        public ulong Value { get; private set; }

        /// <summary>Of a field with a message or text.</summary>
        public ReadOnlySpan<byte> Content { get; private set; }

        public bool Next()
        {
            if (_rest.IsEmpty) return false;
            var key = Varint();
            (Number, Value) = ((int)(key >> 3), 0);
            Content = default;
            switch (key & 7)
            {
                case 0: Value = Varint(); break;
                case 1: Take(8); break;
                case 2: Content = Take(checked((int)Varint())); break;
                case 5: Take(4); break;
                default: throw new InvalidDataException($"field {Number} of unknown type {key & 7}");
            }
            return true;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80) return value;
            }
            throw new InvalidDataException("a whole number of more than ten bytes");
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if ((uint)count > (uint)_rest.Length) throw new InvalidDataException("the file ends within a field");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
