namespace AutoGraph.Core.Validation;

/// <summary>Collects what is wrong with a set of options, so that one exception lists everything.</summary>
internal sealed class Problems(string subject)
{
    private readonly List<string> _found = [];

    /// <summary>Notes a value outside its range.</summary>
    public Problems Range<T>(string name, T value, T lowest, T highest) where T : IComparable<T>
    {
        bool inside = value.CompareTo(lowest) >= 0 && value.CompareTo(highest) <= 0;   // false for NaN
        return Require(inside, FormattableString.Invariant($"{name}: expected {lowest} to {highest}, found {value}"));
    }

    /// <summary>Notes a problem where a condition does not hold.</summary>
    public Problems Require(bool condition, string problem)
    {
        if (!condition) _found.Add(problem);
        return this;
    }

    /// <summary>Notes a path that cannot be written to, for it is a folder or lies in none; null is no problem.</summary>
    public Problems FileToWrite(string name, string? path) => Require(
        path is null || path.Length > 0 && !Directory.Exists(path) && Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))), $"{name}: expected a file in a folder that is there, found '{path}'");

    /// <summary>Throws where anything was noted.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public void Throw()
    {
        if (_found.Count > 0) throw new ArgumentException($"{subject} cannot be used: {string.Join("; ", _found)}.");
    }
}
