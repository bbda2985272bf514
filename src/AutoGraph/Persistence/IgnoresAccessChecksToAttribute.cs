namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by name: lets this assembly call internals of another.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>The other assembly.</summary>
    public string AssemblyName => assemblyName;
}
