using Mono.Cecil;

namespace AutoGraph.Managed.Tests.Architecture;

/// <summary>Every type that users of an assembly can see in the signatures of its public and protected members.</summary>
internal static class PublicSurface
{
    /// <summary>(member, type named in its signature), generic arguments and element types unwrapped.</summary>
    internal static IEnumerable<(string Member, TypeReference Type)> Of(AssemblyDefinition assembly) =>
        from type in assembly.Modules.SelectMany(module => module.GetTypes())
        where IsVisible(type)
        from use in Signatures(type)
        from named in Unwrap(use.Type)
        select (use.Member, named);

    private static bool IsVisible(TypeDefinition type) =>
        type.IsPublic || (type.IsNested && (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamilyOrAssembly) && IsVisible(type.DeclaringType));

    private static IEnumerable<(string Member, TypeReference Type)> Signatures(TypeDefinition type)
    {
        if (type.BaseType is not null) yield return (type.FullName, type.BaseType);
        foreach (var implemented in type.Interfaces) yield return (type.FullName, implemented.InterfaceType);
        foreach (var constraint in type.GenericParameters.SelectMany(p => p.Constraints)) yield return (type.FullName, constraint.ConstraintType);
        foreach (var field in type.Fields.Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly)) yield return (field.FullName, field.FieldType);
        // Accessors are methods: properties and events are covered.
        foreach (var method in type.Methods.Where(m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly))
        {
            yield return (method.FullName, method.ReturnType);
            foreach (var parameter in method.Parameters) yield return (method.FullName, parameter.ParameterType);
            foreach (var constraint in method.GenericParameters.SelectMany(p => p.Constraints)) yield return (method.FullName, constraint.ConstraintType);
        }
    }

    private static IEnumerable<TypeReference> Unwrap(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Unwrap).Append(generic.ElementType),
        IModifierType modified => Unwrap(modified.ElementType).Concat(Unwrap(modified.ModifierType)),
        TypeSpecification wrapped => Unwrap(wrapped.ElementType),
        _ => [type],
    };
}
