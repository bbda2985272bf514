using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>What the sources say of public members, as Markdown.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> _members;

    /// <summary>Reads the files that the compiler writes beside assemblies.</summary>
    public XmlComments(IEnumerable<Assembly> assemblies) => _members = assemblies
        .SelectMany(assembly => XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml")).Descendants("member"))
        .DistinctBy(member => member.Attribute("name")!.Value)      // source generators give several assemblies the same types
        .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>The summary of a type.</summary>
    public string Of(Type type) => Markdown(Member($"T:{type.FullName}").Element("summary")!);

    /// <summary>The summary of a property, or what the type says of the parameter that made it.</summary>
    public string Of(PropertyInfo property) => Markdown(_members.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary")
        ?? Member($"T:{property.DeclaringType.FullName}").Elements("param").Single(parameter => parameter.Attribute("name")!.Value == property.Name));

    private XElement Member(string name) => _members.GetValueOrDefault(name) ?? throw new InvalidDataException($"Expected a comment on {name}, found none.");

    private static string Markdown(XElement element) => Space().Replace(string.Concat(element.Nodes().Select(Markdown)), " ").Trim();

    private static string Markdown(XNode node) => node switch
    {
        XText text => text.Value.Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" } see => see.Attribute("langword")?.Value ?? $"`{ShortName(see.Attribute("cref")!.Value)}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "paramref" } parameter => $"`{parameter.Attribute("name")!.Value}`",
        XElement other => Markdown(other),
        _ => "",
    };

    // the type's name, or Type.Member
    private static string ShortName(string reference)
    {
        string[] parts = reference[2..].Split('(')[0].Split('.');
        return reference[0] == 'T' ? parts[^1] : string.Join('.', parts[^2..]);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
