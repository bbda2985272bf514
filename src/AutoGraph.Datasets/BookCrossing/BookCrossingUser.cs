namespace AutoGraph.Datasets;

/// <summary>A Book-Crossing reader; what the user file lacks is empty.</summary>
/// <param name="Id">User id.</param>
/// <param name="City">City.</param>
/// <param name="State">State or region.</param>
/// <param name="Country">Country in lower case, as the readers wrote it.</param>
/// <param name="Age">Age in years as stated, or null.</param>
public sealed record BookCrossingUser(string Id, string City, string State, string Country, int? Age) : IEntityRow
{
    /// <summary>Ten years of age each, "under 20" to "70+"; "unknown" where there is none, or one below 5 or above 100.</summary>
    public string AgeGroup => Age switch
    {
        null or < 5 or > 100 => "unknown",
        < 20 => "under 20",
        < 30 => "20-29",
        < 40 => "30-39",
        < 50 => "40-49",
        < 60 => "50-59",
        < 70 => "60-69",
        _ => "70+",
    };
}
