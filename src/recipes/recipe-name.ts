/** One part of a recipe's name: no separators, no leading dot, nothing a shell or a file system minds. */
const part = /^[\p{L}\p{N}_+-][\p{L}\p{N}_.+ -]*$/u;

/** True for the name of a recipe: a file below the recipe folder, `name` or `folder/name`, without its `.json`. Such a name cannot leave the folder. */
export function isRecipeName(name: string): boolean {
  return name.length <= 200 && name.split('/').every((each) => part.test(each));
}
