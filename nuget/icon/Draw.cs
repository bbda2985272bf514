// Draws the icon of the packages: a user, two items and the factor they share, joined as a graph.
//   dotnet run nuget/icon/Draw.cs nuget/icon/icon.png
using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics;

const int Size = 128;
const float Ink = 1;   // width, in pixels, of the soft border that replaces a step

Vector3 top = Rgb(0x4B3FA7), bottom = Rgb(0x1F6FB2), line = Rgb(0xC9D6F2), user = Rgb(0xFFFFFF), item = Rgb(0xFFC24B), factor = Rgb(0x4FE0B5);
Vector2 userAt = new(34, 64), firstAt = new(92, 32), secondAt = new(92, 96), factorAt = new(70, 64);
(Vector2 From, Vector2 To)[] edges = [(userAt, firstAt), (userAt, secondAt), (factorAt, firstAt), (factorAt, secondAt), (userAt, factorAt)];

byte[] pixels = new byte[Size * (1 + 4 * Size)];   // each row begins with its filter, none
for (int y = 0; y < Size; y++)
    for (int x = 0; x < Size; x++)
    {
        var at = new Vector2(x + 0.5f, y + 0.5f);
        var color = Vector3.Lerp(top, bottom, y / (float)Size);
        foreach (var (from, to) in edges) color = Over(color, line, Segment(at, from, to) - 2f);
        color = Over(color, user, Vector2.Distance(at, userAt) - 16);
        color = Over(color, item, Box(at - firstAt, 12, 4));
        color = Over(color, item, Box(at - secondAt, 12, 4));
        color = Over(color, factor, Box(Turned(at - factorAt), 9, 2));
        var pixel = pixels.AsSpan(y * (1 + 4 * Size) + 1 + 4 * x, 4);
        for (int channel = 0; channel < 3; channel++) pixel[channel] = (byte)MathF.Round(255 * color[channel]);
        pixel[3] = (byte)MathF.Round(255 * Inside(Box(at - new Vector2(Size / 2f), Size / 2f - 2, 24)));
    }
File.WriteAllBytes(args[0], Png(pixels));

static Vector3 Rgb(int color) => new Vector3(color >> 16, color >> 8 & 255, color & 255) / 255;

static float Inside(float distance) => Math.Clamp(0.5f - distance / Ink, 0, 1);

static Vector3 Over(Vector3 below, Vector3 color, float distance) => Vector3.Lerp(below, color, Inside(distance));

static Vector2 Turned(Vector2 at) => new Vector2(at.X - at.Y, at.X + at.Y) / MathF.Sqrt(2);

// Signed distances: below zero inside.
static float Box(Vector2 at, float half, float radius)
{
    var outside = Vector2.Abs(at) - new Vector2(half - radius);
    return Vector2.Max(outside, Vector2.Zero).Length() + Math.Min(Math.Max(outside.X, outside.Y), 0) - radius;
}

static float Segment(Vector2 at, Vector2 from, Vector2 to) =>
    Vector2.Distance(at, Vector2.Lerp(from, to, Math.Clamp(Vector2.Dot(at - from, to - from) / (to - from).LengthSquared(), 0, 1)));

static byte[] Png(byte[] rows)
{
    using var file = new MemoryStream();
    file.Write([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n']);
    var header = new byte[13];
    BinaryPrimitives.WriteInt32BigEndian(header, Size);
    BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Size);
    (header[8], header[9]) = (8, 6);   // eight bits a channel; red, green, blue, alpha
    Chunk(file, "IHDR"u8, header);
    using var packed = new MemoryStream();
    using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(rows);
    Chunk(file, "IDAT"u8, packed.ToArray());
    Chunk(file, "IEND"u8, []);
    return file.ToArray();
}

static void Chunk(Stream file, ReadOnlySpan<byte> name, byte[] body)
{
    byte[] named = [.. name, .. body];
    Span<byte> number = stackalloc byte[4];
    BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
    file.Write(number);
    file.Write(named);
    BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
    file.Write(number);
}

// CRC-32 of ISO 3309, as the PNG specification asks for.
static uint Crc(byte[] bytes)
{
    uint crc = uint.MaxValue;
    foreach (byte value in bytes)
    {
        crc ^= value;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
    }
    return ~crc;
}
