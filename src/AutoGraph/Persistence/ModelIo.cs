using System.Runtime.CompilerServices;
using AutoGraph;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: LoadableClass(typeof(ITransformer), typeof(ModelIo), null, typeof(SignatureLoadModel), "AutoGraph", ModelIo.Signature)]

namespace AutoGraph;

/// <summary>The one place that touches internals of ML.NET: model entries, the loadable class and the context's seed.</summary>
/// <remarks>
/// ML.NET finds <c>Create</c> by reflection through the assembly's simple name, which the file's header stores: never
/// rename this assembly. The bodies that bind to internals stand in methods of their own, so that another version of
/// ML.NET fails in the call, where the failure is turned into one sentence.
/// </remarks>
internal static class ModelIo
{
    internal const string Signature = "AutoGraphTransformer";   // at most 24 characters

    internal static void Save(ModelSaveContext context, string kind, Action<PartWriter> write) =>
        Bind(() => { SaveCore(context, kind, write); return true; });

    /// <summary>The seed given to the <c>MLContext</c>, or null.</summary>
    internal static int? SeedOf(IHostEnvironment environment) => Bind(() => SeedCore(environment));

    // ML.NET calls this by name and signature.
    private static ITransformer Create(IHostEnvironment environment, ModelLoadContext context) => Bind(() => LoadCore(environment, context));

    internal static T Bind<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is MemberAccessException or TypeLoadException)
        {
            throw new NotSupportedException(
                $"AutoGraph {typeof(ModelIo).Assembly.GetName().Version} was built for Microsoft.ML 5.0 and does not fit {typeof(ModelLoadContext).Assembly.GetName().Name} " +
                $"{typeof(ModelLoadContext).Assembly.GetName().Version} ({error.Message}). Reference the package version of Microsoft.ML that AutoGraph names.", error);
        }
    }

    private static VersionInfo Version() =>
        new("AUTOGRPH", 0x00010001, 0x00010001, 0x00010001, typeof(ModelIo).Assembly.GetName().Name, Signature);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int? SeedCore(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SaveCore(ModelSaveContext context, string kind, Action<PartWriter> write)
    {
        context.CheckAtModel();
        context.SetVersionInfo(Version());
        context.SaveNonEmptyString(kind);
        var part = new PartWriter(
            PlaceOf(context.Directory, kind),
            (name, body) => context.SaveBinaryStream(name, writer => body(writer.BaseStream)),
            (name, transformer) => context.SaveModel(transformer, name));
        ModelFormat.Write(part);
        write(part);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ITransformer LoadCore(IHostEnvironment environment, ModelLoadContext context)
    {
        context.CheckAtModel(Version());
        string kind = context.LoadNonEmptyString();
        return ModelParts.Load(kind, new PartReader(
            environment,
            kind,
            PlaceOf(context.Directory, kind),
            (name, body) => context.TryLoadBinaryStream(name, reader => body(reader.BaseStream)),
            name =>
            {
                context.LoadModel<ITransformer, SignatureLoadModel>(environment, out var transformer, name);
                return transformer;
            }).Checked());
    }

    // the same on every system
    private static string PlaceOf(string? folder, string kind) => $"{folder?.Replace('\\', '/')}:{kind}";
}
