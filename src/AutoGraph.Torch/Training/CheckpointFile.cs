using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Torch.Training;

/// <summary>A file that keeps a running fit: whole at any moment, and read by the fit it belongs to alone.</summary>
/// <param name="path">The file.</param>
/// <param name="fingerprint">What the fit depends on.</param>
/// <param name="options">Name of the options that name the file.</param>
internal sealed class CheckpointFile(string path, int[] fingerprint, string options)
{
    private const string Fingerprint = "fingerprint";

    /// <summary>Options of all fits that change no weight.</summary>
    private static readonly string[] Idle = ["Seed", "Progress", "CancellationToken", "CheckpointPath", "CheckpointEvery"];

    /// <summary>A number of 256 bits, in eight parts, for all that the weights of a fit depend on. Of two fits with one number each can go on from the other's checkpoint.</summary>
    /// <param name="settings">Options, seed and device as text.</param>
    /// <param name="content">Data.</param>
    public static int[] FingerprintOf(string settings, TensorDictionary content)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(settings));
            content.Write(stream);
        }
        return [.. hash.Hash!.Chunk(4).Select(part => BitConverter.ToInt32(part))];
    }

    /// <summary>The options that weights depend on, as text.</summary>
    public static string Text<TOptions>(TOptions options) => string.Join(' ', typeof(TOptions).GetProperties()
        .Where(property => !Idle.Contains(property.Name))
        .Select(property => property.GetValue(options) is var value && value is IEnumerable list and not string
            ? $"{property.Name}={string.Join(',', list.Cast<object>().Select(one => Convert.ToString(one, CultureInfo.InvariantCulture)))}"
            : $"{property.Name}={Convert.ToString(value, CultureInfo.InvariantCulture)}")
        .Order(StringComparer.Ordinal));

    /// <summary>Writes a state under a temporary name and moves it into place.</summary>
    public void Write(TensorDictionary state)
    {
        state.Add(Fingerprint, fingerprint, fingerprint.Length);
        AtomicFile.Write(path, state.Write);
    }

    /// <summary>The state in the file, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to another fit.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TensorDictionary? Read()
    {
        if (!File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        var state = TensorDictionary.Read(stream);
        return state.Ints(Fingerprint, -1).AsSpan().SequenceEqual(fingerprint) ? state
            : throw new InvalidOperationException($"Expected the checkpoint '{path}' of a fit with these options, seed, data and device, found that of another. Delete it or name another {options}.CheckpointPath.");
    }

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => File.Delete(path);

    /// <summary>A number in two parts of 32 bits, so that none of its bits is lost.</summary>
    public static int[] Halves(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return [(int)bits, (int)(bits >> 32)];
    }

    /// <summary>The number of which <see cref="Halves"/> made two parts.</summary>
    public static double Double(int low, int high) => BitConverter.Int64BitsToDouble((uint)low | (long)high << 32);
}
