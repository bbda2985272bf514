using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>docs/options.md, as the code has it: every public options record with the defaults of a new one and what its comments say.</summary>
internal static class OptionsPage
{
    private static readonly NullabilityInfoContext Nullability = new();

    internal static readonly Assembly[] Assemblies =
    [
        typeof(AutoGraphCatalog).Assembly, typeof(RecommenderOptions).Assembly, typeof(Semantics.Knowledge.KnowledgeGeneratorOptions).Assembly,
        typeof(Core.Evaluation.RankingOptions).Assembly, typeof(Onnx.OnnxTextEncoderOptions).Assembly, typeof(ParquetFileOptions).Assembly, typeof(RepresentationRecord).Assembly, typeof(AutoGraph.Datasets.SampleWorldOptions).Assembly, typeof(AutoGraph.Orleans.ClusterOptions).Assembly,
    ];

    /// <summary>The records, by name.</summary>
    internal static IReadOnlyList<Type> Types { get; } = [.. Assemblies.SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal) || type == typeof(SideTable) || type == typeof(InteractionColumns)).OrderBy(type => type.Name, StringComparer.Ordinal)];

    internal static XmlComments Comments { get; } = new(Assemblies);

    internal static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.SetMethod?.IsPublic == true).OrderBy(property => property.MetadataToken);

    /// <summary>A new one; what its constructor asks for is null.</summary>
    internal static object New(Type type)
    {
        var constructor = type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length).First();
        return constructor.Invoke(new object?[constructor.GetParameters().Length]);
    }

    internal static string Render()
    {
        var page = new StringBuilder("""
            # Options

            Every public options record. **This page is written by a test from the code** (`OptionsPageTests`): defaults are those of a new record, the rest is what its comments say, with
            range and source. Sections (§), equations (Eq.), tables and appendices (App.) are those of the paper. Options are records with `init` properties: `new() { Levels = 2 }`, or
            `options with { Levels = 2 }`. What is out of range is refused before anything expensive starts, all of it in one message.

            | options | of |
            |---|---|

            """);
        foreach (var type in Types) Line(page, $"| [{type.Name}](#{type.Name.ToLowerInvariant()}) | {UsersOf(type)} |");
        foreach (var type in Types)
        {
            Line(page, $"\n## {type.Name}\n\n{Comments.Of(type)}\n\n| option | type | default | what it is |\n|---|---|---|---|");
            var (made, required) = (New(type), RequiredBy(type));
            foreach (var property in PropertiesOf(type))
                Line(page, $"| `{property.Name}` | `{NameOf(property)}` | {(required.Contains(property.Name) ? "*required*" : Default(property.GetValue(made)))} | {Comments.Of(property)} |");
        }
        return page.ToString();
    }

    /// <summary>A default as people write it.</summary>
    internal static string Default(object? value) => value switch
    {
        null or CancellationToken => "none",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        TimeSpan span => span < TimeSpan.FromMinutes(1) ? Invariant($"{span.TotalSeconds} s") : Invariant($"{span.TotalMinutes} min"),
        Enum named => $"`{named.ToString().Replace(", ", " \\| ", StringComparison.Ordinal)}`",
        IEnumerable list => list.Cast<object>().ToArray() is { Length: > 0 } values ? string.Join(", ", values.Select(Default)) : "none",
        not null when Types.Contains(value.GetType()) => $"[its own](#{value.GetType().Name.ToLowerInvariant()})",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidDataException($"Expected a default that can be written, found {value.GetType()}."),
    };

    // the parameters of a record that have no default, and required properties
    internal static HashSet<string> RequiredBy(Type type) =>
        [.. type.GetProperties().Where(property => property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute))).Select(property => property.Name), .. type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length).First().GetParameters().Where(parameter => !parameter.HasDefaultValue).Select(parameter => parameter.Name!)];

    private static string UsersOf(Type type)
    {
        var methods = from assembly in Assemblies
                      from owner in assembly.GetExportedTypes()
                      from member in owner.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                      where owner != type && (member is MethodBase { IsSpecialName: false } or ConstructorInfo) && ((MethodBase)member).GetParameters().Any(parameter => parameter.ParameterType == type)
                      select member is ConstructorInfo ? owner.Name : $"{owner.Name}.{member.Name}";
        var properties = from owner in Types
                         from property in PropertiesOf(owner)
                         where property.PropertyType == type
                         select $"{owner.Name}.{property.Name}";
        string[] names = [.. methods.Concat(properties).Where(name => !name.Contains('<', StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        return string.Join(", ", names.Select(name => $"`{name}`"));
    }

    private static string NameOf(PropertyInfo property)
    {
        bool nullable = !property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable;
        return NameOf(property.PropertyType) + (nullable ? "?" : "");
    }

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return NameOf(inner) + "?";
        if (!type.IsGenericType) return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => type.Name,
            TypeCode.Int32 => "int",
            TypeCode.Double => "double",
            TypeCode.Boolean => "bool",
            TypeCode.String => "string",
            TypeCode.Decimal => "decimal",
            TypeCode.Single => "float",
            _ => type.Name,
        };
        return $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static void Line(StringBuilder page, string text) => page.Append(text).Append('\n');
}
