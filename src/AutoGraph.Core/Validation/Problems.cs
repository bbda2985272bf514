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

    /// <summary>Throws where anything was noted.</summary>
    /// <exception cref="ArgumentException">Lists all problems.</exception>
    public void Throw()
    {
        if (_found.Count > 0) throw new ArgumentException($"{subject} cannot be used: {string.Join("; ", _found)}.");
    }
}
