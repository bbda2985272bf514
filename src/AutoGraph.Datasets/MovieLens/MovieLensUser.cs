namespace AutoGraph.Datasets;

/// <summary>A MovieLens user.</summary>
/// <param name="Id">User id.</param>
/// <param name="Gender">"F" or "M"; empty in MovieLens-latest, which tells nothing of users.</param>
/// <param name="Age">100K: years. 1M: the first year of the age group (1, 18, 25, 35, 45, 50, 56). Latest: null.</param>
/// <param name="Occupation">Occupation in words; empty in latest.</param>
/// <param name="Zip">Postal code as written in the file; empty in latest.</param>
public sealed record MovieLensUser(string Id, string Gender, int? Age, string Occupation, string Zip) : IEntityRow
{
    /// <summary>The age group of MovieLens-1M that <see cref="Age"/> falls into, whatever the format; empty without an age.</summary>
    public string AgeGroup => Age switch
    {
        null => "",
        < 18 => "under 18",
        < 25 => "18-24",
        < 35 => "25-34",
        < 45 => "35-44",
        < 50 => "45-49",
        < 56 => "50-55",
        _ => "56+",
    };
}
