//! `#[derive(Row)]`: the fields of a struct are columns.

use crate::signature::{name_lifetimes, nest, sql_name};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericParam, Ident, ItemStruct, Type};

pub(crate) fn derive(item: TokenStream) -> syn::Result<TokenStream> {
    let input: DeriveInput = syn::parse2(item)?;
    let Data::Struct(data) = input.data else {
        return Err(syn::Error::new(input.ident.span(), "a row is a struct with named fields"));
    };
    let implementations = expand(&ItemStruct {
        attrs: input.attrs,
        vis: input.vis,
        struct_token: data.struct_token,
        ident: input.ident,
        generics: input.generics,
        fields: data.fields,
        semi_token: data.semi_token,
    })?;
    Ok(quote! {
        const _: () = {
            use ::polder_sdk::__private as sdk;

            #implementations
        };
    })
}

/// What makes a struct a value, to be read and written.
pub(crate) fn expand(item: &ItemStruct) -> syn::Result<TokenStream> {
    let fields = match &item.fields {
        Fields::Named(fields) if !fields.named.is_empty() => &fields.named,
        _ => return Err(syn::Error::new(item.ident.span(), "a row is a struct with at least one named field")),
    };
    let lifetime = match item.generics.params.iter().collect::<Vec<_>>()[..] {
        [] => false,
        [GenericParam::Lifetime(_)] => true,
        _ => {
            let message = "a row has at most one lifetime, and no other parameters: each column has one type";
            return Err(syn::Error::new(item.generics.span(), message));
        }
    };
    let ident = &item.ident;
    let target = if lifetime { quote!(#ident<'c>) } else { quote!(#ident) };
    let idents: Vec<&Ident> = fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let names = idents.iter().map(|ident| sql_name(&ident.to_string()));
    let types: Vec<Type> = fields
        .iter()
        .map(|field| {
            let mut data_type = field.ty.clone();
            if lifetime {
                name_lifetimes(&mut data_type, "'c");
            }
            data_type
        })
        .collect();
    let descriptions = names.zip(&types).map(|(name, data_type)| {
        quote_spanned! {data_type.span()=>
            sdk::Field::new(#name, <#data_type as sdk::Typed>::data_type())
                .with_nullable(<#data_type as sdk::Typed>::NULLABLE)
        }
    });
    let values = nest(types.iter().map(|data_type| quote_spanned!(data_type.span()=> #data_type)));
    let pattern = nest(idents.iter().map(|ident| quote!(#ident)));

    Ok(quote! {
        impl<'c> sdk::Record for #target {
            type Values = #values;

            fn fields() -> ::std::vec::Vec<sdk::Field> {
                ::std::vec![#(#descriptions),*]
            }

            fn into_values(self) -> Self::Values {
                let Self { #(#idents),* } = self;
                #pattern
            }
        }

        impl<'c> sdk::Typed for #target {
            fn data_type() -> sdk::DataType {
                sdk::DataType::Struct(<Self as sdk::Record>::fields().into())
            }
        }

        impl<'c> sdk::Write for #target {
            type Writer = sdk::RecordWriter<<Self as sdk::Record>::Values>;

            fn write(self, writer: &mut Self::Writer) {
                writer.push(sdk::Record::into_values(self));
            }

            fn heap_size(&self) -> usize {
                0 #(+ sdk::Write::heap_size(&self.#idents))*
            }
        }

        impl<'c> sdk::Read<'c> for #target
        where
            #values: sdk::ReadRow<'c>,
        {
            type Reader = sdk::RecordReader<'c, #values>;
            type Block<'r> = <#values as sdk::ReadRow<'c>>::Blocks<'r> where 'c: 'r;

            fn reader(column: &'c sdk::Column) -> Self::Reader {
                sdk::RecordReader::new(column)
            }

            fn block<'r>(reader: &'r Self::Reader, index: usize) -> Self::Block<'r>
            where
                'c: 'r,
            {
                reader.blocks(index)
            }

            fn get<'r>(block: Self::Block<'r>, row: usize) -> Self
            where
                'c: 'r,
            {
                let #pattern = <#values as sdk::ReadRow<'c>>::get(block, row);
                Self { #(#idents),* }
            }

            fn valid(column: &'c sdk::Column, reader: &Self::Reader, index: usize) -> u64 {
                reader.valid(column, index)
            }
        }

        impl<'c> sdk::Item for #target {}
    })
}
