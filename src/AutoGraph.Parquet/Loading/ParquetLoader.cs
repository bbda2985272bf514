using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>Decides, from metadata alone, what columns a view of files has, and whether all files agree.</summary>
internal static class ParquetLoader
{
    internal static IDataView Load(string path, ParquetLoadOptions options)
    {
        string[] paths = FilesOf(path);
        LoadedColumn[] columns;
        ParquetPart[] parts = new ParquetPart[paths.Length];
        using (var first = ParquetFile.Open(paths[0]))
        {
            columns = Choose(first, options);
            parts[0] = first.Part;
        }
        for (int file = 1; file < paths.Length; file++)
        {
            using var later = ParquetFile.Open(paths[file]);
            Compare(later, columns, paths[0], options);
            parts[file] = later.Part;
        }
        return new ParquetView(columns, parts);
    }

    private static string[] FilesOf(string path)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full)) return [full];
        if (!Directory.Exists(full)) throw new FileNotFoundException($"Expected a Parquet file or a folder of them at '{full}', found nothing. Check the path.", full);
        string[] files = [.. Directory.GetFiles(full, "*.parquet").OrderBy(Path.GetFileName, StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new FileNotFoundException($"Expected files *.parquet in the folder '{full}', found none. Files of folders within it are not read: load each of those folders.", full);
    }

    private static LoadedColumn[] Choose(ParquetFile file, ParquetLoadOptions options)
    {
        if (options.Columns?.FirstOrDefault(name => !file.Fields.ContainsKey(name)) is { } missing) throw new ArgumentException(
            $"Expected names of columns of '{file.Path}' in {nameof(options.Columns)}, found '{missing}'. There is: {Names(file.Fields.Keys)}.", nameof(options));
        LoadedColumn[] columns = [.. (options.Columns ?? [.. file.Fields.Keys]).Select(name => ColumnOf(file, name, options))];
        string[] lists = [.. columns.Where(column => column.IsList).Select(column => column.Name)];
        if (options.VectorSizes?.Keys.FirstOrDefault(name => !lists.Contains(name, StringComparer.Ordinal)) is { } stranger) throw new ArgumentException(
            $"Expected names of list columns that are loaded from '{file.Path}' in {nameof(options.VectorSizes)}, found '{stranger}'. There is: {Names(lists)}.", nameof(options));
        return columns;
    }

    private static LoadedColumn ColumnOf(ParquetFile file, string name, ParquetLoadOptions options)
    {
        var field = file.Fields[name];
        var (kind, isList) = (file.KindOf(field), field is ListField or DataField { IsArray: true });
        if (kind is null || (isList && kind.ItemType is DateTimeDataViewType)) throw new ArgumentException(
            $"Expected texts, truth values, numbers, times, or lists of texts, truth values or numbers in column '{name}' of '{file.Path}', found {FieldNames.Describe(field)}. Leave the column out: name the others in {nameof(ParquetLoadOptions)}.{nameof(options.Columns)}.", nameof(options));
        int? noted = file.NotedSizes.TryGetValue(name, out int size) && isList ? size : null, wanted = options.VectorSizes?.TryGetValue(name, out int given) == true ? given : null;
        if (noted is not null && wanted is not null && noted != wanted) throw new ArgumentException(
            $"Expected the size that '{file.Path}' notes for column '{name}', {noted}, found {wanted} in {nameof(options.VectorSizes)}. Leave the column out of it.", nameof(options));
        return new(name, kind.ItemType, isList, wanted ?? noted);
    }

    /// <summary>A later file has the columns of the first, in any order; where all columns were asked for, no more than those.</summary>
    private static void Compare(ParquetFile later, LoadedColumn[] columns, string first, ParquetLoadOptions options)
    {
        foreach (var column in columns)
        {
            later.SourceOf(column, first);
            if (column.Size is { } size && later.NotedSizes.TryGetValue(column.Name, out int noted) && noted != size) throw new InvalidDataException(
                $"Expected vectors of {size} values in column '{column.Name}' of '{later.Path}' as in '{first}', found a note of {noted}. Load the files apart from each other.");
        }
        if (options.Columns is null && later.Fields.Keys.FirstOrDefault(name => columns.All(column => column.Name != name)) is { } added) throw new InvalidDataException(
            $"Expected the columns of '{first}' in '{later.Path}', found another one, '{added}'. Name the columns to load in {nameof(ParquetLoadOptions)}.{nameof(options.Columns)}.");
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "none";
}
