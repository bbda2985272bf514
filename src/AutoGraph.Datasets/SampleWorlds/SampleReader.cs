namespace AutoGraph.Datasets;

/// <summary>A simulated reader of the <see cref="SampleWorld"/>: no such person exists.</summary>
/// <param name="Id">Reader id, "r001" onwards.</param>
/// <param name="AgeGroup">Age group, loosely tied to the reader's circle of taste.</param>
/// <param name="Country">Country, unrelated to taste.</param>
/// <param name="Occupation">Occupation, unrelated to taste.</param>
/// <param name="Knowledge">A text of about 55 to 85 words that states what the reader likes best and one thing the reader avoids.</param>
public sealed record SampleReader(string Id, string AgeGroup, string Country, string Occupation, string Knowledge) : IEntityRow;
