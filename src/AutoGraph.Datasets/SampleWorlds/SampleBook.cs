namespace AutoGraph.Datasets;

/// <summary>A simulated book of the <see cref="SampleWorld"/>: no such book, author or text exists.</summary>
/// <param name="Id">Book id, "b001" onwards.</param>
/// <param name="Title">Invented title; says nothing about the aspects.</param>
/// <param name="Author">Invented author, who keeps to one genre most of the time and to one style half of the time.</param>
/// <param name="Genre">One of eight genres.</param>
/// <param name="Year">Year of publication, 1950 to 2024; says nothing about the aspects.</param>
/// <param name="Price">Invented price in a currency of no country, 7.99 to 29.99; says nothing about the aspects.</param>
/// <param name="Knowledge">A text of about 55 to 80 words that names the book's aspects among unrelated remarks.</param>
public sealed record SampleBook(string Id, string Title, string Author, string Genre, int Year, decimal Price, string Knowledge) : IEntityRow;
