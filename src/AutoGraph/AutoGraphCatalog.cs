using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>The entry to AutoGraph: data operations, the four steps, evaluation, serving and files; see <see cref="AutoGraphExtensions.AutoGraph"/>.</summary>
/// <remarks>Safe for concurrent use, as <see cref="MLContext"/> is.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Operations are reached through the context, as in ML.NET's own catalogs.")]
public sealed partial class AutoGraphCatalog
{
    private readonly MLContext _context;

    internal AutoGraphCatalog(MLContext context)
    {
        _context = context;
        Data = new DataOperations(context);
    }

    /// <summary>Loading, splitting and enriching tables.</summary>
    public DataOperations Data { get; }

    private IHostEnvironment Environment => _context;
}
