using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace AutoGraph.Datasets;

/// <summary>Rows of a text file with fields between fixed delimiters; errors name file, line, expected and found.</summary>
internal sealed class DelimitedFile : IDisposable
{
    private readonly string _path;
    private readonly string _format;
    private readonly int? _fields;
    private readonly CsvParser _parser;

    /// <param name="path">The file, read as gzip if it ends in ".gz".</param>
    /// <param name="delimiter">One or more characters.</param>
    /// <param name="format">The line format in words, for error messages.</param>
    /// <param name="fields">Fields in each line, or null for any number of them.</param>
    /// <param name="encoding">Null: ISO-8859-1.</param>
    /// <param name="quoted">Whether fields may stand in quotation marks (RFC 4180); otherwise these are plain characters, as in MovieLens titles.</param>
    /// <param name="header">The fields of the first line, which is then no row, or null where there is none.</param>
    public DelimitedFile(string path, string delimiter, string format, int? fields, Encoding? encoding = null, bool quoted = false, IReadOnlyList<string>? header = null)
    {
        (_path, _format, _fields) = (path, format, fields);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter, Mode = quoted ? CsvMode.RFC4180 : CsvMode.NoEscape, HasHeaderRecord = false, BufferSize = 1 << 16, WhiteSpaceChars = [],
            BadDataFound = _ => throw Bad("a stray quotation mark"),
        };
        _parser = new CsvParser(new StreamReader(DataFile.Open(path), encoding ?? Encoding.Latin1), configuration);
        if (header is not null && !(Read() && header.SequenceEqual(_parser.Record!)))
            throw new InvalidDataException($"{path}, line 1: expected the header '{string.Join(delimiter, header)}', found '{Shorten(_parser.Count == 0 ? "" : _parser.RawRecord)}'.");
    }

    /// <summary>Number of fields in the current line.</summary>
    public int Count => _parser.Count;

    /// <summary>A field of the current line.</summary>
    public string this[int field] => _parser[field];

    /// <summary>Moves to the next line that is not blank.</summary>
    public bool Read()
    {
        try
        {
            if (!_parser.Read()) return false;
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{_path}, after line {_parser.RawRow}: expected a whole gzip file, found a damaged or truncated one. Download it again.", cause);
        }
        if (_fields is { } fields && _parser.Count != fields) throw Bad($"{_parser.Count} field(s)");
        return true;
    }

    /// <summary>A field that must not be empty.</summary>
    public string Text(int field, string name) => _parser[field] is { Length: > 0 } text ? text : throw Bad($"an empty {name}");

    /// <summary>A field that must be a whole number within bounds.</summary>
    public long Whole(int field, string name, long min, long max) =>
        long.TryParse(_parser[field], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw Bad($"{name} '{_parser[field]}' (a whole number from {min} to {max} was due)");

    /// <summary>The error for the current line.</summary>
    public InvalidDataException Bad(string found) =>
        new($"{_path}, line {_parser.RawRow}: expected {_format}, found {found}: '{Shorten(_parser.RawRecord)}'.");

    public void Dispose() => _parser.Dispose();

    private static string Shorten(string line)
    {
        line = line.TrimEnd('\r', '\n');
        return line.Length <= 120 ? line : line[..120] + "…";
    }
}
