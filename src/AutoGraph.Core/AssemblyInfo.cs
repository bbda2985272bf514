using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("AutoGraph.Managed.Tests")]
